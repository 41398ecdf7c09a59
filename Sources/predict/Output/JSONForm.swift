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

  func text(for outcome: PictureOutcome, label: Int?) -> String? {
    switch outcome.result {
    case .otherFile: nil
    case .prediction(let prediction): text(prediction.json(label: label))
    case .failure(let error):
      text(
        .object([
          "file": .string(PathText.printable(outcome.input.name)), "error": .string("\(error)"),
        ]))
    }
  }

  func text(for evaluation: AnswerEvaluation) -> String? {
    text(.object(["summary": evaluation.json]))
  }

  private func text(_ object: JSON) -> String {
    isLines ? object.text(.canonicalUTF8) + "\n" : "\n  " + object.text(.canonicalUTF8)
  }
}
