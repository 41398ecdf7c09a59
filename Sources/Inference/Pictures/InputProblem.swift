/// A reason why an argument stands for no pictures.
///
/// See ``InferenceError`` for an example.
public enum InputProblem: Error, Equatable, Sendable {
  /// It is a folder, and folders are not searched.
  case folder
  /// No picture was found in the folder.
  case emptyFolder
  /// A folder or a list cannot be read; with the reason.
  case unreadable(String)
  /// The shape of an IDX file is not that of images.
  case shape([Int])
  /// A sheet has fewer pixels than cells in a direction.
  case smallSheet(width: Int, height: Int, SheetGrid)
}

extension InputProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the path and a colon.
  public var description: String {
    switch self {
    case .folder: "it is a folder"
    case .emptyFolder: "the folder holds neither a PNG nor a JPEG"
    case .unreadable(let reason): reason
    case .shape(let shape):
      "its shape is \(shape), but images have \"[count, height, width]\", or 1, 3 or 4 channels "
        + "more"
    case .smallSheet(let width, let height, let grid):
      "a sheet of \(width) x \(height) pixels has no \(grid) cells"
    }
  }
}
