/// What is wrong with a zip archive, or with one of its members.
public struct ZipError: Error, Equatable, Sendable {
  /// Why it could not be read.
  public enum Cause: Error, Equatable, Sendable {
    /// There is no such file; the text is the system's.
    case fileNotFound(String)
    /// The file is there but cannot be read: permissions, a directory, a device, an I/O error.
    case fileUnreadable(String)
    /// The file does not end as a zip archive does: it is something else, or was cut off.
    case notZip
    /// What the archive says about itself cannot be true.
    case damaged(String)
    /// The archive uses something that is not accepted from a file.
    case notAllowed(String)
    /// The member, or the archive's directory, is larger than the limit.
    case tooLarge(String)
    /// The name of a member is there more than once.
    case ambiguous
  }

  /// The path of the archive; nil for one that is being written.
  public let path: String?
  /// The name of the member, or nil for the archive itself.
  public let member: String?
  /// What is wrong.
  public let cause: Cause

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - path: The path of the archive.
  ///   - member: The name of the member, or nil for the archive itself.
  ///   - cause: What is wrong.
  public init(path: String?, member: String?, cause: Cause) {
    self.path = path
    self.member = member
    self.cause = cause
  }
}

extension ZipError: CustomStringConvertible {
  /// One sentence: what was tried, on what, and why it failed.
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
  /// The part of the sentence after the colon.
  public var description: String {
    switch self {
    case .fileNotFound(let reason), .fileUnreadable(let reason): reason
    case .notZip: "not a whole zip archive"
    case .damaged(let reason): "damaged: \(reason)"
    case .notAllowed(let reason): "not allowed: \(reason)"
    case .tooLarge(let reason): "too large: \(reason)"
    case .ambiguous: "the archive has more than one member of this name"
    }
  }
}
