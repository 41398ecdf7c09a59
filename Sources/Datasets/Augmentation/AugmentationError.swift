/// An error in the text of an ``AugmentationRecipe``.
///
/// ```swift
/// do {
///   _ = try AugmentationRecipe(parsing: "shift=2,spin=10")
/// } catch {
///   print(error)  // that there is no `spin`, and what there is
/// }
/// ```
public enum AugmentationError: Error, Equatable, Sendable {
  /// A part between two commas is empty, or the whole text is.
  case emptyPart

  /// An operation does not exist.
  case unknownOperation(String)

  /// An operation is named twice.
  case repeatedOperation(String)

  /// An operation needs a value, as in `shift=2`.
  case missingValue(operation: String)

  /// An operation takes no value, but has one.
  case unexpectedValue(operation: String, value: String)

  /// A value is invalid; `expected` describes the valid ones.
  case invalidValue(operation: String, value: String, expected: String)
}

extension AugmentationError: CustomStringConvertible {
  /// The error in one sentence with the wrong part.
  public var description: String {
    switch self {
    case .emptyPart:
      "An operation is missing in the augmentation"
    case .unknownOperation(let operation):
      "'\(operation)' is not an augmentation; these are: "
        + "\(AugmentationRecipe.operations.joined(separator: ", ")), or none"
    case .repeatedOperation(let operation):
      "The augmentation '\(operation)' is there twice"
    case .missingValue(let operation):
      "The augmentation '\(operation)' needs a value, as in '\(operation)=2'"
    case .unexpectedValue(let operation, let value):
      "The augmentation '\(operation)' takes no value, but has '\(value)'"
    case .invalidValue(let operation, let value, let expected):
      "The value '\(value)' of the augmentation '\(operation)' is not \(expected)"
    }
  }
}
