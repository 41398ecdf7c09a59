import Inference
import JSON

/// A form of the answers on standard output.
///
/// Texts are made on all threads.
protocol OutputForm: Sendable {
  /// What comes first.
  var header: String { get }

  /// What is between two texts.
  var separator: String { get }

  /// What comes last.
  var footer: String { get }

  /// Whether drawings and tables may be between the answers.
  var isForPeople: Bool { get }

  /// Formats an answer.
  ///
  /// - Parameters:
  ///   - outcome: What became of a picture.
  ///   - expected: The true class or number; `nil` if it is not known.
  /// - Returns: The text; `nil` if it has none in this form.
  func text(for outcome: PictureOutcome, expected: Expected?) -> String?

  /// The text of the JSON of an evaluation; `nil` if it has none in this form.
  func text(forSummary summary: JSON) -> String?
}

extension OutputForm {
  var header: String { "" }
  var separator: String { "" }
  var footer: String { "" }
  var isForPeople: Bool { false }

  func text(forSummary summary: JSON) -> String? { nil }
}
