import Console
import Inference

/// The answers as lines for people: `samples/7.png: 7  99.83%`.
struct LineForm: OutputForm {
  let terminal: Terminal
  let top: Int
  let showsProbabilities: Bool
  let showsPictures: Bool

  var isForPeople: Bool { true }

  func text(for outcome: PictureOutcome, expected: Expected?) -> String? {
    if let reading = outcome.reading { return text(for: reading, expected: expected?.number) }
    if outcome.isBlankCell { return "\(escaped(outcome.input.name)): blank\n" }
    guard let prediction = outcome.prediction else { return nil }
    let line = "\(escaped(prediction.file)): " + line(for: prediction, expected?.label) + "\n"
    guard showsPictures else { return line }
    return line
      + draw(
        prediction.pixels, width: prediction.width, unicode: terminal.usesUnicode,
        lineLimit: terminal.lineLimit)
  }

  /// Formats an answer as `7  99.83%` or `class 3  99.83%`, followed by more classes with `--top`
  /// and by all probabilities with `--probs`.
  func line(for prediction: Prediction, _ label: Int?) -> String {
    func name(_ label: Int) -> String {
      prediction.name(of: label).map { escaped($0) }
        ?? (prediction.isDigit ? "\(label)" : "class \(label)")
    }
    func shown(_ label: Int, _ probability: Float) -> String {
      "\(name(label))  \(Format.percent(Double(probability)))"
    }
    var parts =
      top == 1
      ? [shown(prediction.label, prediction.confidence)]
      : prediction.ranking.prefix(top).map { shown($0.label, $0.probability) }
    if let rejection = prediction.rejection {
      parts[0] = text(of: prediction, rejection, name: name)
    }
    parts[0] = terminal.styled(parts[0], .bold)
    if let label, label != prediction.label { parts.append("(expected \(name(label)))") }
    if showsProbabilities {
      let all = prediction.probabilities.enumerated().map {
        "\(prediction.name(of: $0.offset).map { escaped($0) } ?? "\($0.offset)"): "
          + Format.percent(Double($0.element))
      }
      parts.append("(\(all.joined(separator: ", ")))")
    }
    return parts.joined(separator: "   ")
  }
}

/// No answers at all.
struct QuietForm: OutputForm {
  var isForPeople: Bool { true }

  func text(for outcome: PictureOutcome, expected: Expected?) -> String? { nil }
}
