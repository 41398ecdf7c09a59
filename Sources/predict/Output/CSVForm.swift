import Console
import Inference

/// The answers as comma-separated values, by RFC 4180 but with `\n` between lines.
struct CSVForm: OutputForm {
  /// The names of the classes with a column for their probability; empty for none.
  let probabilityNames: [String]

  /// - Parameters:
  ///   - classifier: The classifier.
  ///   - showsProbabilities: Whether there is a column for each class.
  init(_ classifier: Classifier, showsProbabilities: Bool) {
    let names = classifier.classNames
    probabilityNames =
      showsProbabilities
      ? (0..<classifier.classCount).map { names.indices.contains($0) ? names[$0] : "\($0)" } : []
  }

  var header: String {
    Self.line(
      ["file", "class", "class_name", "confidence", "expected", "error"]
        + probabilityNames.map { "p_\($0)" })
  }

  func text(for outcome: PictureOutcome, expected: Expected?) -> String? {
    let name = outcome.input.name
    let known = (expected?.label).map { "\($0)" } ?? ""
    switch outcome.result {
    case .otherFile, .reading: return nil
    case .failure(let error):
      return Self.line(
        [name, "", "", "", known, "\(error)"] + probabilityNames.map { _ in "" })
    case .prediction(let prediction):
      let label = prediction.label
      return Self.line(
        [
          name, "\(label)", prediction.name(of: label) ?? "", "\(prediction.confidence)",
          known, "",
        ] + (probabilityNames.isEmpty ? [] : prediction.probabilities.map { "\($0)" }))
    }
  }

  /// A line of fields, which are escaped as for a terminal.
  static func line(_ fields: [String]) -> String {
    fields.map { Self.quoted(escaped($0)) }.joined(separator: ",") + "\n"
  }

  /// A field, in quotation marks if it needs them.
  private static func quoted(_ field: String) -> String {
    let special = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard special else { return field }
    let parts = field.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"\(parts.joined(separator: "\"\""))\""
  }
}
