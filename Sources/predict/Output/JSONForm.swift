import Files
import Inference
import JSON

/// The answers as a JSON array, or as lines with an object each.
struct JSONForm: OutputForm {
  /// Whether there is an object on each line instead of an array.
  let isLines: Bool

  var header: String { isLines ? "" : "[" }
  var separator: String { isLines ? "" : "," }
  var footer: String { isLines ? "" : "\n]\n" }

  func text(for outcome: PictureOutcome, expected: Expected?) -> String? {
    switch outcome.result {
    case .otherFile: nil
    case .prediction(let prediction): text(prediction.json(label: expected?.label))
    case .reading(let reading): text(reading.json(expected: expected?.number))
    case .failure(let error):
      text(
        .object([
          "file": .string(PathText.printable(outcome.input.name)), "error": .string("\(error)"),
        ]))
    }
  }

  func text(forSummary summary: JSON) -> String? { text(.object(["summary": summary])) }

  private func text(_ object: JSON) -> String {
    isLines ? object.text(.canonicalUTF8) + "\n" : "\n  " + object.text(.canonicalUTF8)
  }
}
