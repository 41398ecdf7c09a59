package import Inference

/// What a request for a prediction wants beside the answer: `seen=1&explain=gradcam`.
package struct PredictionQuery: Equatable {
  /// Whether the answer has the picture that the model sees.
  package private(set) var showsInput = false

  /// How the answer is explained; `nil` if it is not.
  package private(set) var method: ExplanationMethod?

  /// A reason why a query cannot be used.
  package enum Problem: Error, Equatable, CustomStringConvertible {
    /// There is no such parameter.
    case unknown
    /// `seen` has another value than 0 or 1.
    case seen
    /// `explain` is no method.
    case explain

    /// The problem in one sentence.
    package var description: String {
      switch self {
      case .unknown: "The query may have only 'seen' and 'explain'"
      case .seen: "'seen' must be 0 or 1"
      case .explain:
        "'explain' must be "
          + ExplanationMethod.allCases.map(\.rawValue).joined(separator: ", ")
      }
    }
  }

  /// Reads a query.
  ///
  /// - Parameter text: The query without its question mark.
  /// - Throws: ``Problem``.
  package init(_ text: Substring) throws(Problem) {
    for part in text.split(separator: "&") {
      let value = part.drop { $0 != "=" }.dropFirst()
      switch part.prefix(while: { $0 != "=" }) {
      case "seen":
        guard value == "0" || value == "1" else { throw .seen }
        showsInput = value == "1"
      case "explain":
        guard let method = ExplanationMethod(rawValue: String(value)) else { throw .explain }
        self.method = method
      default: throw .unknown
      }
    }
  }
}
