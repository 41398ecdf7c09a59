import Glibc
import HDF5

/// A path that checkpoints are saved to, one after another.
///
/// Each is written beside the path, brought to the disk, read back, and renamed, so that at any moment the
/// path holds the last checkpoint that was completed. libhdf5 never touches the disk: it fills memory,
/// and every system call is made here, where its failure is seen. In order:
///
/// 1. a temporary file of an own name, its space reserved, so that a full disk is found before a byte is
///    written;
/// 2. written, brought to the disk (`fsync`), read back and compared, closed;
/// 3. given its numbered name, if it is to keep one, and then renamed to the path;
/// 4. the folder brought to the disk: only now the checkpoint is saved;
/// 5. older numbered checkpoints removed.
///
/// Whatever fails, and wherever the power goes, the path leads to a complete file, the old one or the new
/// one.
public struct CheckpointStore: Sendable {
  /// The path of the newest checkpoint.
  public let path: String

  /// How many of the newest checkpoints keep names of their own.
  ///
  /// Beside `ckpt.h5` there is then `ckpt.step-00001875.h5`. The newest is a hard link, which takes
  /// no space of its own.
  public let keep: Int

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - path: The path of the newest checkpoint.
  ///   - keep: How many checkpoints keep a name of their own; by default none.
  public init(path: String, keep: Int = 0) {
    self.path = path
    self.keep = keep
  }

  /// Saves a checkpoint.
  ///
  /// - Parameter checkpoint: What is to be saved.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  public func save(_ checkpoint: borrowing Checkpoint) throws(CheckpointError) {
    var image = try checkpoint.image(reusing: nil)
    try save(&image)
  }

  /// Saves a checkpoint that has been put into memory.
  ///
  /// - Parameters:
  ///   - image: The checkpoint; it gets its digests.
  ///   - lock: The lock of the path, if it is held.
  ///   - spared: The step of a numbered checkpoint that is not removed, as it is still needed.
  ///   - other: Another store of the run, whose older numbered checkpoints give way on a full disk too.
  /// - Throws: ``CheckpointError`` if it cannot be written, holds numbers that are not finite, or another
  ///   process has the lock; what was at the path is unchanged.
  func save(
    _ image: inout CheckpointImage, holding lock: CheckpointLock? = nil,
    sparing spared: Int? = nil, makingRoomIn other: CheckpointStore? = nil
  ) throws(CheckpointError) {
    if let object = image.notFinite { throw .notFinite(path: path, object: "/\(object)") }
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    // Whoever takes the lock from now on removes the temporary file, so that it cannot be renamed.
    try lock?.confirm()
    let step = keep > 0 ? image.step : nil
    try unsafe image.withSealedBytes { parts throws(CheckpointError) in
      while true {
        do throws(SystemFailure) {
          return try unsafe put(
            parts, named: names, in: folder, alsoAs: step, sparing: spared)
        } catch {
          // An old checkpoint is given up for a new one, but never the last.
          guard error.isFullDisk,
            makeRoom(in: folder, names, newest: step, sparing: spared)
              || other?.makeRoom(onDiskOf: folder, sparing: spared) ?? false
          else { throw unsafe writing(error, in: folder, parts) }
        }
      }
    }
    if let step { prune(in: folder, names, newest: step, sparing: spared) }
  }

  /// Writes a file, sealed.
  ///
  /// - Parameter image: Its content.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  func write(_ image: consuming CheckpointImage) throws(CheckpointError) -> Int {
    var image = image
    return try unsafe image.withSealedBytes { parts throws(CheckpointError) in
      try unsafe write(parts)
    }
  }

  /// Writes a file.
  ///
  /// - Parameter parts: Its bytes, in parts that follow each other.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  func write(_ parts: [UnsafeRawBufferPointer]) throws(CheckpointError) -> Int {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    do throws(SystemFailure) {
      try unsafe put(parts, named: names, in: folder)
    } catch {
      throw unsafe writing(error, in: folder, parts)
    }
    return unsafe parts.reduce(0) { $0 + $1.count }
  }

  /// Puts a new file in the place of what is at the path, and brings it to the disk.
  ///
  /// - Parameters:
  ///   - parts: Its bytes, in parts that follow each other.
  ///   - names: The names of the run's files.
  ///   - folder: The folder.
  ///   - step: The step of the numbered name that it gets besides, if it gets one.
  ///   - spared: The step of a numbered checkpoint that is not removed.
  /// - Throws: ``SystemFailure``; then what was at the path is unchanged.
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
          // A file system without hard links: a copy has to do.
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
      // A path that cannot be replaced, saved to again and again, must not fill the folder: the numbered
      // one is good, and so older ones can go, once it is on the disk.
      if let step, isNumbered, (try? folder.synchronize()) != nil {
        prune(in: folder, names, newest: step, sparing: spared)
      }
      throw error
    }
    try folder.synchronize()
  }

  /// Writes a temporary file, whole and on the disk.
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
        // A disk that failed once may have moved the block; what it was told is told anew, to another
        // file.
        guard error.code == EIO, triesLeft > 0 else { throw error }
      }
    }
  }

  private func writing(
    _ failure: SystemFailure, in folder: Folder, _ parts: [UnsafeRawBufferPointer]
  ) -> CheckpointError {
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
