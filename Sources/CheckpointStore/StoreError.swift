public import Files

/// An error in saving, locking or reading a file of a store.
///
/// ```swift
/// do {
///   let lock = try CheckpointLock(for: path)
///   try lock.confirm()
/// } catch StoreError.locked(_, let holder) {
///   print("in use by \(holder)")  // such as process 4711
/// }
/// ```
public enum StoreError: Error, Equatable, Sendable {
  /// The file cannot be created in its folder. Nothing was written.
  case cannotCreate(path: String, reason: String)

  /// Writing failed; the previous file is still at the path.
  case writing(path: String, reason: String)

  /// The new file is at the path, but the folder could not be synchronized, so that a power failure
  /// may bring the previous file back.
  case unconfirmed(path: String, reason: String)

  /// Another process holds the lock of the path.
  case locked(path: String, holder: LockHolder)

  /// A file of the store cannot be opened or read.
  case file(path: String, FileError)

  /// The file has no seal, or a broken one.
  case damaged(path: String, reason: String)
}

extension StoreError {
  /// The error of a sealed file that cannot be opened or read.
  init(path: String, _ error: FileError) {
    if case .damaged(let reason) = error {
      self = .damaged(path: path, reason: reason)
    } else {
      self = .file(path: path, error)
    }
  }
}

extension StoreError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    switch self {
    case .cannotCreate(let path, let reason): "Cannot create '\(path)': \(reason)"
    case .writing(let path, let reason):
      "Cannot write '\(path)': \(reason); what was there before is unchanged"
    case .unconfirmed(let path, let reason):
      """
      Cannot write '\(path)' safely: \(reason); a power failure may bring back what was there before
      """
    case .locked(let path, let holder): "Cannot write '\(path)': \(holder) is using it"
    case .file(let path, let error): "Cannot open '\(path)': \(error)"
    case .damaged(let path, let reason): "Cannot use '\(path)': it is damaged: \(reason)"
    }
  }
}
