public import Files

/// An error of an operation on an HDF5 file: the operation, the file, the object and the cause.
public struct HDF5Error: Error, Equatable, Sendable {
  /// The operation that failed.
  public enum Operation: String, Sendable {
    /// Opening a file, or an object in it.
    case open
    /// Listing the members or the attributes of an object.
    case list
    /// Reading a dataset, or its shape, type and storage.
    case read
    /// Reading an attribute.
    case readAttribute = "read the attribute"
    /// Creating a file, or an object in it.
    case create
    /// Writing a dataset.
    case write
    /// Writing an attribute.
    case writeAttribute = "write the attribute"
    /// Creating a hard link to an object.
    case link
    /// Completing a file.
    case finish
  }

  /// The cause of the error.
  public enum Cause: Error, Equatable, Sendable {
    /// There is no such file; with the system's message.
    case fileNotFound(String)
    /// The file exists but cannot be read: permissions, a directory, a device, an I/O error.
    case fileUnreadable(String)
    /// The file is empty.
    case emptyFile
    /// The file does not begin with the HDF5 signature.
    case notHDF5
    /// The file is shorter than its header says, or ends inside the header (`expected` is nil).
    case truncated(bytes: Int, expected: Int?)
    /// The content of the file is inconsistent.
    case damaged(String)
    /// There is no object of this name.
    case objectNotFound
    /// The path contains a link that is not a hard link. Such links are never followed.
    case linkNotFollowed(Member.Kind)
    /// The object or its elements are of another kind than requested.
    case mismatch(expected: String, found: String)
    /// The storage or the type of the dataset is not allowed, because it is not safe to read or
    /// depends on other files.
    case notAllowed(String)
    /// The object is larger than the limit.
    case tooLarge(String)
    /// The requested part is outside of the dataset.
    case outOfBounds(String)
    /// The value cannot be stored.
    case invalidValue(String)
    /// A call of libhdf5 failed; with its message.
    case library(String)
  }

  /// The operation that failed.
  public let operation: Operation
  /// The path of the file, or nil for a file that is being built in memory.
  public let file: String?
  /// The path of the object inside the file, or nil for the file itself.
  public let object: String?
  /// The cause of the error.
  public let cause: Cause

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - operation: The operation that failed.
  ///   - file: The path of the file, or nil for a file that is being built in memory.
  ///   - object: The path of the object inside the file, or nil for the file itself.
  ///   - cause: The cause of the error.
  public init(operation: Operation, file: String?, object: String?, cause: Cause) {
    self.operation = operation
    self.file = file
    self.object = object
    self.cause = cause
  }
}

extension HDF5Error {
  /// Creates the error of a file that cannot be opened.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - error: The reason.
  public init(opening path: String, _ error: FileError) {
    self.init(operation: .open, file: path, object: nil, cause: Cause(error))
  }
}

extension HDF5Error.Cause {
  /// The cause in terms of a file.
  public init(_ error: FileError) {
    switch error {
    case .notFound(let reason): self = .fileNotFound(reason)
    case .unreadable(let reason): self = .fileUnreadable(reason)
    case .truncated(let bytes, let expected): self = .truncated(bytes: bytes, expected: expected)
    case .damaged(let reason): self = .damaged(reason)
    }
  }
}

extension HDF5Error: CustomStringConvertible {
  /// One sentence with the operation, the object, the file and the cause.
  public var description: String {
    let subject =
      switch (object, file) {
      case (let object?, let file?): "'\(object)' in '\(file)'"
      case (let object?, nil): "'\(object)'"
      case (nil, let file?): "'\(file)'"
      case (nil, nil): "the file"
      }
    return "Cannot \(operation.rawValue) \(subject): \(cause)"
  }
}

extension HDF5Error.Cause: CustomStringConvertible {
  /// The cause as a phrase, for the end of a sentence.
  public var description: String {
    switch self {
    case .fileNotFound(let reason), .fileUnreadable(let reason): reason
    case .emptyFile: "the file is empty"
    case .notHDF5: "not an HDF5 file"
    case .truncated(let bytes, let expected?):
      "truncated: \(bytes) bytes, the header says \(expected)"
    case .truncated(let bytes, nil): "truncated: \(bytes) bytes, less than the header"
    case .damaged(let reason): "damaged: \(reason)"
    case .objectNotFound: "there is no such object"
    case .linkNotFollowed(let kind): "\(kind) is not followed"
    case .mismatch(let expected, let found): "it is \(found), not \(expected)"
    case .notAllowed(let reason): "not allowed: \(reason)"
    case .tooLarge(let reason): "too large: \(reason)"
    case .outOfBounds(let reason), .invalidValue(let reason), .library(let reason): reason
    }
  }
}
