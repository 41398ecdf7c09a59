import Images

/// A picture to classify, before it is read.
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

  /// Whether it is no picture, but something that cannot be found or read.
  public var isMissing: Bool { if case .missing = content { true } else { false } }

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
    /// There are none: an entry of a folder is no file, but a FIFO or a link to a folder.
    case noFile
    /// There are no pixels: the argument is no picture, list or folder.
    case missing(InferenceError)
  }

  init(_ name: String, _ content: Content, relativePath: String? = nil) {
    (self.name, self.content, self.relativePath) = (name, content, relativePath)
  }
}
