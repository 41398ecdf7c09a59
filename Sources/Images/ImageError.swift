/// An error of reading or writing an image.
///
/// ```swift
/// do {
///   _ = try Image.decode(contentsOf: "notes.txt")
/// } catch {
///   switch error.reason {
///   case .damaged(let format, let cause): print("a damaged \(format): \(cause)")
///   default: print(error)  // Cannot open 'notes.txt': No such file or directory
///   }
/// }
/// ```
public struct ImageError: Error, Equatable, Sendable {
  /// The reason of an error.
  public enum Reason: Equatable, Sendable {
    /// The file does not exist or cannot be read; with the cause.
    case unreadable(String)
    /// The bytes are neither a PNG nor a JPEG; with the format that was found, such as "a GIF
    /// image".
    case otherFormat(found: String)
    /// The image exceeds a limit of pixels or bytes; with the numbers.
    case tooLarge(String)
    /// The file is truncated, altered or invalid; with its format and the cause.
    case damaged(ImageFormat, String)
    /// The file may be intact, but is of a rare kind that is not read; with its format and the
    /// kind, such as "arithmetic coding".
    case unsupported(ImageFormat, String)
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

extension ImageError: CustomStringConvertible {
  /// One sentence with the operation, the file and the reason.
  public var description: String {
    let subject = path.map { "'\($0)'" } ?? "the image"
    let operation =
      switch reason {
      case .unreadable: "open"
      case .uncreatable: "create"
      case .unwritten: "write"
      case .otherFormat, .tooLarge, .damaged, .unsupported: "read"
      }
    return "Cannot \(operation) \(subject): \(reason)"
  }
}

extension ImageError.Reason: CustomStringConvertible {
  /// The reason as a phrase, for the end of a sentence.
  public var description: String {
    switch self {
    case .otherFormat(let found): "it is \(found), not a PNG or JPEG"
    case .damaged(let format, let cause): "the \(format) is damaged: \(cause)"
    case .unsupported(let format, let kind):
      "it is a \(format) with \(kind), which is not supported"
    case .unreadable(let text), .tooLarge(let text), .uncreatable(let text), .unwritten(let text):
      text
    }
  }
}
