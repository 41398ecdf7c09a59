/// An error in a JSON text.
///
/// ```swift
/// do {
///   _ = try JSON(parsing: #"{"epochs": 5,}"#)
/// } catch {
///   print(error)  // the text is not JSON at byte 13
/// }
/// ```
public enum JSONError: Error, Hashable, CustomStringConvertible {
  /// The text is not JSON at a byte; at its end, something is missing.
  case notJSON(offset: Int)

  /// The number at a byte is larger than any `Double`.
  case numberTooLarge(offset: Int)

  /// Values are nested deeper than the limit.
  case tooDeep(limit: Int)

  /// There are more values than the limit.
  case tooMany(limit: Int)

  /// An object has a key twice; `path` is the object's place, such as `config.layers[3]`, and
  /// empty for the whole text.
  case duplicateKey(String, path: String)

  /// The problem, as the end of a sentence.
  public var description: String {
    switch self {
    case .notJSON(let offset): "the text is not JSON at byte \(offset)"
    case .numberTooLarge(let offset): "the number at byte \(offset) is too large"
    case .tooDeep(let limit): "its values are nested deeper than \(limit) levels"
    case .tooMany(let limit): "it has more than \(limit) values"
    case .duplicateKey(let key, let path):
      "an object has the key '\(key)' twice\(path.isEmpty ? "" : ", in \(path)")"
    }
  }

  /// The error as seen from the value that contains the one with the error.
  ///
  /// - Parameter step: The key of the inner value, or its index in brackets.
  /// - Returns: The error with the place.
  func within(_ step: @autoclosure () -> String) -> JSONError {
    guard case .duplicateKey(let key, let path) = self else { return self }
    let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
    return .duplicateKey(key, path: step() + separator + path)
  }
}
