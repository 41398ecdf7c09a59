/// An error of reading or writing a zip archive.
public struct ZipError: Error, Equatable, Sendable {
  /// The cause of the error.
  public enum Cause: Error, Equatable, Sendable {
    /// There is no such file; with the system's message.
    case fileNotFound(String)
    /// The file exists but cannot be read: permissions, a directory, a device, an I/O error.
    case fileUnreadable(String)
    /// The file has no end record: it is truncated or not a zip archive.
    case notZip
    /// The content of the archive is inconsistent.
    case damaged(String)
    /// The archive uses a feature that is not supported or not safe.
    case notAllowed(String)
    /// The member or the central directory is larger than the limit.
    case tooLarge(String)
    /// Several members have the same name.
    case ambiguous
  }

  /// The path of the archive; nil for an archive that is being written.
  public let path: String?
  /// The name of the member, or nil for the archive itself.
  public let member: String?
  /// The cause of the error.
  public let cause: Cause

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - path: The path of the archive.
  ///   - member: The name of the member, or nil for the archive itself.
  ///   - cause: The cause of the error.
  public init(path: String?, member: String?, cause: Cause) {
    self.path = path
    self.member = member
    self.cause = cause
  }
}

extension ZipError: CustomStringConvertible {
  /// One sentence with the operation, the member, the archive and the cause.
  public var description: String {
    switch (member, path) {
    case (let member?, let path?): "Cannot read '\(member)' in '\(path)': \(cause)"
    case (let member?, nil): "Cannot write '\(member)': \(cause)"
    case (nil, let path?): "Cannot open '\(path)': \(cause)"
    case (nil, nil): "Cannot write the archive: \(cause)"
    }
  }
}

extension ZipError.Cause: CustomStringConvertible {
  /// The cause as a phrase, for the end of a sentence.
  public var description: String {
    switch self {
    case .fileNotFound(let reason), .fileUnreadable(let reason): reason
    case .notZip: "not a complete zip archive"
    case .damaged(let reason): "damaged: \(reason)"
    case .notAllowed(let reason): "not allowed: \(reason)"
    case .tooLarge(let reason): "too large: \(reason)"
    case .ambiguous: "the archive has more than one member of this name"
    }
  }
}
