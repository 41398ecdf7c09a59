/// An error in a JSON text.
public enum JSONError: Error, Hashable, CustomStringConvertible {
  /// The text is not JSON.
  case notJSON

  /// Values are nested deeper than the limit.
  case tooDeep(limit: Int)

  /// An object has a key twice.
  case duplicateKey(String)

  /// The problem, as the end of a sentence.
  public var description: String {
    switch self {
    case .notJSON: "the text is not JSON"
    case .tooDeep(let limit): "its values are nested deeper than \(limit) levels"
    case .duplicateKey(let key): "an object has the key '\(key)' twice"
    }
  }
}
