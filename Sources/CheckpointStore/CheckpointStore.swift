import Files
import Glibc

/// A path to which successive checkpoints are saved.
///
/// A checkpoint is a sequence of bytes, whose format the store does not know. It is written to a
/// temporary file beside the path, synchronized with `fsync`, read back and renamed, so that the
/// path always holds the last complete checkpoint. The steps of a save:
///
/// 1. create a temporary file with a unique name and reserve its space, so that a full disk is
///    detected before a byte is written;
/// 2. write it, synchronize it with `fsync`, read it back, compare it and close it;
/// 3. link it under its numbered name, if numbered checkpoints are kept, and then rename it to the
///    path;
/// 4. synchronize the folder with `fsync`: only now is the checkpoint saved;
/// 5. remove older numbered checkpoints.
///
/// After any failure, including a power failure at any step, the path holds a complete file: the
/// old one or the new one.
///
/// ```swift
/// let store = CheckpointStore(path: path)
/// try store.save(Checkpoint(model: model))  // atomically: the old file or the new one
/// let bytes = try store.load()  // after its seal was verified
/// ```
public struct CheckpointStore: Sendable {
  /// The path of the newest checkpoint.
  public let path: String

  /// The number of newest checkpoints that also keep a numbered name.
  ///
  /// The file `ckpt.step-00001875.h5` is then stored beside `ckpt.h5`. The newest one is a hard
  /// link, which takes no additional space.
  public let keep: Int

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - path: The path of the newest checkpoint.
  ///   - keep: The number of checkpoints that also keep a numbered name, at least 0.
  public init(path: String, keep: Int = 0) {
    self.path = path
    self.keep = keep
  }

  /// Seals a checkpoint and saves it.
  ///
  /// - Parameters:
  ///   - contents: The bytes of the checkpoint.
  ///   - step: The step of the run, which is recorded in the seal and in the numbered name; without
  ///     it the checkpoint gets no numbered name.
  ///   - lock: The lock of the path, if this process holds it.
  /// - Throws: ``StoreError`` if it cannot be written, or another process holds the lock; the file
  ///   at the path is then unchanged, unless the error is ``StoreError/unconfirmed(path:reason:)``.
  public func save(
    _ contents: RawSpan, step: Int? = nil, holding lock: CheckpointLock? = nil
  ) throws(StoreError) {
    try unsafe contents.withUnsafeBytes { contents throws(StoreError) in
      let trailer = unsafe Seal(of: contents, step: step).trailer
      try unsafe trailer.span.bytes.withUnsafeBytes { trailer throws(StoreError) in
        try unsafe save([contents, trailer], step: step, holding: lock)
      }
    }
  }

  /// Reads the checkpoint at the path, and verifies its seal.
  ///
  /// - Returns: The bytes of the checkpoint, without the seal.
  /// - Throws: ``StoreError`` if it cannot be read, has no seal or is damaged.
  public func load() throws(StoreError) -> [UInt8] {
    let file = try SealedFile(opening: path)
    do throws(FileError) {
      return try unsafe [UInt8](count: file.size) { bytes throws(FileError) in
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(bytes), at: 0)
      }
    } catch {
      throw StoreError(path: path, error)
    }
  }

  /// Saves a sealed checkpoint.
  ///
  /// - Parameters:
  ///   - parts: The bytes of the checkpoint and its seal, in consecutive parts.
  ///   - step: The step of the run, for the numbered name.
  ///   - lock: The lock of the path, if this process holds it.
  ///   - spared: The step of a numbered checkpoint that is still needed and must not be removed.
  ///   - other: Another store of the run, whose older numbered checkpoints may also be removed when
  ///     the disk is full.
  /// - Throws: ``StoreError`` if it cannot be written, or another process holds the lock; the file
  ///   at the path is then unchanged, unless the error is ``StoreError/unconfirmed(path:reason:)``.
  package func save(
    _ parts: [UnsafeRawBufferPointer], step: Int?, holding lock: CheckpointLock? = nil,
    sparing spared: Int? = nil, makingRoomIn other: CheckpointStore? = nil
  ) throws(StoreError) {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    // A process that takes the lock after this check removes the temporary file, so that this
    // process can no longer rename it.
    try lock?.confirm()
    let step = keep > 0 ? step : nil
    while true {
      do throws(SystemFailure) {
        try unsafe put(parts, named: names, in: folder, alsoAs: step, sparing: spared)
        break
      } catch {
        // Sacrifice an old checkpoint for the new one, but never the last valid one.
        guard error.isFullDisk,
          makeRoom(in: folder, names, newest: step, sparing: spared)
            || other?.makeRoom(onDiskOf: folder, sparing: spared) ?? false
        else { throw unsafe writing(error, in: folder, parts) }
      }
    }
    if let step { prune(in: folder, names, newest: step, sparing: spared) }
  }

  /// Writes a file as it is, without a numbered name.
  ///
  /// - Parameter parts: The bytes of the file, in consecutive parts.
  /// - Returns: The number of bytes.
  /// - Throws: ``StoreError`` if it cannot be written; the file at the path is then unchanged,
  ///   unless the error is ``StoreError/unconfirmed(path:reason:)``.
  @discardableResult
  package func write(_ parts: [UnsafeRawBufferPointer]) throws(StoreError) -> Int {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    do throws(SystemFailure) {
      try unsafe put(parts, named: names, in: folder)
    } catch {
      throw unsafe writing(error, in: folder, parts)
    }
    return unsafe parts.reduce(0) { $0 + $1.count }
  }

  /// Replaces the file at the path with a new one and synchronizes it to the disk.
  ///
  /// - Parameters:
  ///   - parts: The bytes of the new file, in consecutive parts.
  ///   - names: The names of the run's files.
  ///   - folder: The folder.
  ///   - step: The step for an additional numbered name, if the file gets one.
  ///   - spared: The step of a numbered checkpoint that must not be removed.
  /// - Throws: ``SystemFailure``; the file at the path is then unchanged, unless
  ///   ``SystemFailure/isAfterRename``.
  private func put(
    _ parts: [UnsafeRawBufferPointer], named names: CheckpointNames, in folder: Folder,
    alsoAs step: Int? = nil, sparing spared: Int? = nil
  ) throws(SystemFailure) {
    let temporary = try unsafe write(parts, named: names, in: folder)
    var isNumbered = false
    do throws(SystemFailure) {
      if let step {
        let numbered = names.numbered(step: step)
        do throws(SystemFailure) {
          try folder.link(temporary.name, as: numbered, through: "\(temporary.name)-link")
        } catch  where error.isLackOfLinks {
          // The file system has no hard links, or no more for this file: write a copy instead.
          let copy = try unsafe write(parts, named: names, in: folder)
          do throws(SystemFailure) {
            try folder.rename(copy.name, to: numbered)
          } catch {
            copy.discard(isOpen: false)
            throw error
          }
        }
        isNumbered = true
      }
      try folder.rename(temporary.name, to: names.name)
    } catch {
      temporary.discard(isOpen: false)
      // Repeated saves to a path that cannot be replaced must not fill the folder. Once the new
      // numbered checkpoint is on the disk, older ones can be removed.
      if let step, isNumbered, (try? folder.synchronize()) != nil {
        prune(in: folder, names, newest: step, sparing: spared)
      }
      throw error
    }
    do throws(SystemFailure) { try folder.synchronize() } catch {
      throw SystemFailure(code: error.code, subject: error.subject, isAfterRename: true)
    }
  }

  /// Writes a complete temporary file and synchronizes it to the disk.
  private func write(
    _ parts: [UnsafeRawBufferPointer], named names: CheckpointNames, in folder: Folder
  ) throws(SystemFailure) -> TemporaryFile {
    var triesLeft = 2
    while true {
      triesLeft -= 1
      let temporary = try folder.createTemporary(
        prefix: names.temporaryPrefix, replacing: names.name)
      var isOpen = true
      do throws(SystemFailure) {
        try unsafe temporary.fill(parts)
        isOpen = false
        try temporary.close()
        return temporary
      } catch {
        temporary.discard(isOpen: isOpen)
        // After an I/O error the disk may have remapped the block: write everything once more, to a
        // new file.
        guard error.code == EIO, triesLeft > 0 else { throw error }
      }
    }
  }

  private func writing(
    _ failure: SystemFailure, in folder: Folder, _ parts: [UnsafeRawBufferPointer]
  ) -> StoreError {
    guard !failure.isAfterRename else { return .unconfirmed(path: path, reason: failure.reason) }
    var reason = failure.reason
    if failure.isOutOfSpace {
      reason += unsafe "; it takes \(byteCount(parts.reduce(0) { $0 + $1.count }))"
      if failure.isFullDisk, let free = folder.freeBytes {
        reason += ", and \(byteCount(free)) are free"
      }
    }
    return .writing(path: path, reason: reason)
  }
}
