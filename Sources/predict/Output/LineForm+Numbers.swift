import Console
import Inference

extension LineForm {
  /// Formats a reading: for each line of digits its number, such as `page.png: 4711  98.20%`, and
  /// below it the digits with their boxes.
  ///
  /// - Parameters:
  ///   - reading: The reading.
  ///   - expected: The true number; `nil` if it is not known.
  /// - Returns: The lines.
  func text(for reading: NumberReading, expected: String?) -> String {
    let name = escaped(reading.file)
    var text = ""
    if reading.lines.isEmpty { text += "\(name): ? (no digits)\n" }
    for (digits, number) in zip(reading.lines, reading.numbers) {
      let percent = Format.percent(Double(NumberReading.confidence(of: digits)))
      text += "\(name): \(terminal.styled("\(number)  \(percent)", .bold))\n"
      for digit in digits {
        let box = digit.box
        let place = "\(box.width) x \(box.height) at \(box.x), \(box.y)"
        text += "  \(line(for: digit.prediction, nil))   \(place)\n"
      }
    }
    if let expected, expected != reading.number {
      let number = expected.split(separator: "\n").joined(separator: " ")
      text += "\(name): expected \(number)\n"
    }
    return showsPictures ? text + draw(reading, unicode: terminal.usesUnicode) : text
  }
}
