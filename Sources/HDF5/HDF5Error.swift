public import Files

/// What could not be done with an HDF5 file, on which object, and why.
public struct HDF5Error: Error, Equatable, Sendable {
  /// What was being done.
  public enum Operation: String, Sendable {
    /// Opening a file, or an object in it.
    case open
    /// Listing the members or the attributes of an object.
    case list
    /// Reading a dataset, or finding out what it holds.
    case read
    /// Reading an attribute.
    case readAttribute = "read an attribute of"
    /// Creating a file, or an object in it.
    case create
    /// Writing a dataset.
    case write
    /// Writing an attribute.
    case writeAttribute = "write an attribute of"
    /// Giving an object another name.
    case link
    /// Completing a file.
    case finish
  }

  /// Why it could not be done.
  public enum Cause: Error, Equatable, Sendable {
    /// There is no such file; the text is the system's.
    case fileNotFound(String)
    /// The file is there but cannot be read: permissions, a directory, a device, an I/O error.
    case fileUnreadable(String)
    /// The file has no bytes.
    case emptyFile
    /// The file does not begin as an HDF5 file does.
    case notHDF5
    /// The file ends before the length its header gives, or inside the header (`expected` is nil).
    case truncated(bytes: Int, expected: Int?)
    /// What the file says about itself cannot be true.
    case damaged(String)
    /// There is no object of this name.
    case objectNotFound
    /// The path leads through a link that is not a hard link; such links are never followed.
    case linkNotFollowed(Member.Kind)
    /// The object, or its elements, are of another kind than was asked for.
    case mismatch(expected: String, found: String)
    /// The dataset is stored in a way that is not accepted from a file.
    case notAllowed(String)
    /// The object holds more than the limit.
    case tooLarge(String)
    /// The part asked for lies outside of the dataset.
    case outOfBounds(String)
    /// The value cannot be stored.
    case invalidValue(String)
    /// libhdf5 refuses, for the reason it gives.
    case library(String)
  }

  /// What was being done.
  public let operation: Operation
  /// The path of the file, or nil for one that is being built in memory.
  public let file: String?
  /// The path of the object inside the file, or nil for the file itself.
  public let object: String?
  /// Why it could not be done.
  public let cause: Cause

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - operation: What was being done.
  ///   - file: The path of the file, or nil for one that is being built in memory.
  ///   - object: The path of the object inside the file, or nil for the file itself.
  ///   - cause: Why it could not be done.
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
  /// One sentence: what was tried, on what, and why it failed.
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
  /// The part of the sentence after the colon.
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
