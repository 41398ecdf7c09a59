import Images

/// A picture to classify, before it is read.
///
/// See ``PictureInputs`` for an example.
public struct PictureInput: Sendable {
  /// The name in the output: a path, `-` or `-#2` for pictures from standard input, or
  /// `images.idx3[0]` for an image of an IDX file, counted from 0.
  public let name: String

  /// The path below the folder that was searched; `nil` for a picture that was named.
  public let relativePath: String?

  /// The name of the folder that contains the picture; `nil` if its path has none.
  public var folderName: String? {
    guard case .file(let path) = content, let end = path.lastIndex(of: "/") else { return nil }
    return path[..<end].split(separator: "/").last.map(String.init)
  }

  /// Whether it is a cell of a sheet.
  public let isCell: Bool

  /// The number of labels that belong to it: those of all cells for a sheet that cannot be read.
  public let labelCount: Int

  /// Where the pixels come from.
  let content: Content

  /// Where the pixels of a picture come from.
  enum Content: Sendable {
    /// A file.
    case file(String)
    /// A PNG or JPEG in memory.
    case encoded([UInt8])
    /// Decoded pixels.
    case decoded(Bitmap)
    /// A decoded image.
    case image(Image)
    /// There are none: an entry of a folder is no file, but a FIFO or a link to a folder.
    case noFile
    /// There are no pixels: the argument is no picture, list or folder.
    case missing(InferenceError)
  }

  /// - Parameters:
  ///   - name: The name in the output.
  ///   - content: Where the pixels come from.
  ///   - relativePath: The path below the folder that was searched.
  ///   - isCell: Whether it is a cell of a sheet.
  ///   - labelCount: The number of labels; `nil` for one, or none if it is missing.
  init(
    _ name: String, _ content: Content, relativePath: String? = nil, isCell: Bool = false,
    labelCount: Int? = nil
  ) {
    (self.name, self.content, self.relativePath) = (name, content, relativePath)
    self.isCell = isCell
    let isMissing = if case .missing = content { true } else { false }
    self.labelCount = labelCount ?? (isMissing ? 0 : 1)
  }
}
