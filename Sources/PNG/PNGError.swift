/// An image that could not be read or written.
public struct PNGError: Error, Equatable, Sendable {
  /// What was wrong.
  public enum Reason: Equatable, Sendable {
    /// There is no such file, or it cannot be opened or read; the cause in words.
    case unreadable(String)
    /// The bytes are not a PNG; what they are in words ("a JPEG image").
    case notPNG(found: String)
    /// The image has more pixels or bytes than a decoder accepts; how many in words.
    case tooLarge(String)
    /// The bytes are a PNG that is cut short, altered or breaks the format's rules; how in words.
    case damaged(String)
    /// The file cannot be created; the cause in words.
    case uncreatable(String)
    /// The image could not be written completely; the cause in words.
    case unwritten(String)
  }

  /// The file, or nil for an image in memory.
  public let path: String?
  /// What was wrong.
  public let reason: Reason

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - reason: what was wrong.
  ///   - path: the file, or nil for an image in memory.
  public init(_ reason: Reason, path: String? = nil) {
    self.reason = reason
    self.path = path
  }
}

extension PNGError: CustomStringConvertible {
  /// One sentence: what was tried, on which file, and why it failed.
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
