/// A reason why the true class of a picture is not known.
///
/// See ``InferenceError`` for an example.
public enum LabelProblem: Error, Equatable, Sendable {
  /// A file of labels cannot be read; with the reason.
  case unreadable(path: String, String)
  /// A file has fewer labels than there are pictures; with their number.
  case tooFew(path: String, Int)
  /// A file has more labels than there are pictures.
  case tooMany(path: String, pictures: Int)
  /// The path of a picture names no folder.
  case noFolder(String)
  /// The model has no class of this name; with the picture.
  case unknownClass(String, of: String)
  /// A label is no number; with the picture.
  case noNumber(String, of: String)
}

extension LabelProblem: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "Cannot read the labels '\(path)': \(reason)"
    case .tooFew(let path, let count):
      "Cannot use the labels '\(path)': there are \(count), but more pictures"
    case .tooMany(let path, let pictures):
      "Cannot use the labels '\(path)': there are more than the \(pictures) pictures"
    case .noFolder(let picture):
      "Cannot tell the class of '\(picture)': its path names no folder"
    case .unknownClass(let name, let picture):
      name == picture
        ? "The model has no class '\(name)'"
        : "Cannot tell the class of '\(picture)': the model has no class '\(name)'"
    case .noNumber(let text, let picture):
      text == picture
        ? "'\(text)' is no number"
        : "Cannot tell the number of '\(picture)': its label '\(text)' is no number"
    }
  }
}
