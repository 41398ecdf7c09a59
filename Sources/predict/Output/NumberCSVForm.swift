import Files
import Inference

/// The numbers in pictures as comma-separated values, with a line for each line of digits.
struct NumberCSVForm: OutputForm {
  var header: String {
    CSVForm.line(["file", "line", "number", "confidence", "expected", "error"])
  }

  func text(for outcome: PictureOutcome, expected: Expected?) -> String? {
    let name = PathText.printable(outcome.input.name)
    let numbers = expected?.number?.split(separator: "\n").map(String.init) ?? []
    switch outcome.result {
    case .otherFile, .prediction: return nil
    case .failure(let error):
      return CSVForm.line([name, "", "", "", numbers.joined(separator: " "), "\(error)"])
    case .reading(let reading):
      guard !reading.lines.isEmpty else {
        return CSVForm.line([name, "", "", "", numbers.joined(separator: " "), ""])
      }
      return reading.lines.enumerated().map { line, digits in
        CSVForm.line([
          name, "\(line)", reading.numbers[line],
          "\(NumberReading.confidence(of: digits))",
          numbers.indices.contains(line) ? numbers[line] : "", "",
        ])
      }.joined()
    }
  }
}
