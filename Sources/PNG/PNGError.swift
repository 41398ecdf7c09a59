/// An error of reading or writing an image.
public struct PNGError: Error, Equatable, Sendable {
  /// The reason of an error.
  public enum Reason: Equatable, Sendable {
    /// The file does not exist or cannot be read; with the cause.
    case unreadable(String)
    /// The bytes are not a PNG; with the format that was found, such as "a JPEG image".
    case notPNG(found: String)
    /// The image exceeds a limit of pixels or bytes; with the numbers.
    case tooLarge(String)
    /// The PNG is truncated, altered or invalid; with the cause.
    case damaged(String)
    /// The file cannot be created; with the cause.
    case uncreatable(String)
    /// The image could not be written completely; with the cause.
    case unwritten(String)
  }

  /// The path of the file, or nil for an image in memory.
  public let path: String?
  /// The reason of the error.
  public let reason: Reason

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - reason: The reason of the error.
  ///   - path: The path of the file, or nil for an image in memory.
  public init(_ reason: Reason, path: String? = nil) {
    self.reason = reason
    self.path = path
  }
}

extension PNGError: CustomStringConvertible {
  /// One sentence with the operation, the file and the reason.
  public var description: String {
    let subject = path.map { "'\($0)'" } ?? "the image"
    switch reason {
    case .unreadable(let cause): return "Cannot open \(subject): \(cause)"
    case .notPNG(let found): return "Cannot read \(subject): it is \(found), not a PNG"
    case .tooLarge(let size): return "Cannot read \(subject): \(size)"
    case .damaged(let cause): return "Cannot read \(subject): the PNG is damaged: \(cause)"
    case .uncreatable(let cause): return "Cannot create \(subject): \(cause)"
    case .unwritten(let cause): return "Cannot write \(subject): \(cause)"
    }
  }
}
