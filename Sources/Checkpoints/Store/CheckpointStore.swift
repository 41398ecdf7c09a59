import Glibc
import HDF5

/// A path to which successive checkpoints are saved.
///
/// Each checkpoint is written to a temporary file beside the path, synchronized with `fsync`, read
/// back and renamed, so that the path always holds the last complete checkpoint. libhdf5 never
/// accesses the disk: it writes to memory, and every system call is made here, where its failure is
/// detected. The steps of a save:
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
  ///   - keep: The number of checkpoints that also keep a numbered name; 0 by default.
  public init(path: String, keep: Int = 0) {
    self.path = path
    self.keep = keep
  }

  /// Saves a checkpoint.
  ///
  /// - Parameter checkpoint: The checkpoint to save.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged.
  public func save(_ checkpoint: borrowing Checkpoint) throws(CheckpointError) {
    var image = try checkpoint.image(reusing: nil)
    try save(&image)
  }

  /// Saves a checkpoint from its image in memory.
  ///
  /// - Parameters:
  ///   - image: The checkpoint; its digests are added.
  ///   - lock: The lock of the path, if this process holds it.
  ///   - spared: The step of a numbered checkpoint that is still needed and must not be removed.
  ///   - other: Another store of the run, whose older numbered checkpoints may also be removed when
  ///     the disk is full.
  /// - Throws: ``CheckpointError`` if it cannot be written, contains NaN or infinity, or another
  ///   process holds the lock; the file at the path is then unchanged.
  func save(
    _ image: inout CheckpointImage, holding lock: CheckpointLock? = nil,
    sparing spared: Int? = nil, makingRoomIn other: CheckpointStore? = nil
  ) throws(CheckpointError) {
    if let object = image.notFinite { throw .notFinite(path: path, object: "/\(object)") }
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    // A process that takes the lock after this check removes the temporary file, so that this
    // process can no longer rename it.
    try lock?.confirm()
    let step = keep > 0 ? image.step : nil
    try unsafe image.withSealedBytes { parts throws(CheckpointError) in
      while true {
        do throws(SystemFailure) {
          return try unsafe put(
            parts, named: names, in: folder, alsoAs: step, sparing: spared)
        } catch {
          // Sacrifice an old checkpoint for the new one, but never the last valid one.
          guard error.isFullDisk,
            makeRoom(in: folder, names, newest: step, sparing: spared)
              || other?.makeRoom(onDiskOf: folder, sparing: spared) ?? false
          else { throw unsafe writing(error, in: folder, parts) }
        }
      }
    }
    if let step { prune(in: folder, names, newest: step, sparing: spared) }
  }

  /// Writes a sealed file.
  ///
  /// - Parameter image: Its content.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged.
  func write(_ image: consuming CheckpointImage) throws(CheckpointError) -> Int {
    var image = image
    return try unsafe image.withSealedBytes { parts throws(CheckpointError) in
      try unsafe write(parts)
    }
  }

  /// Writes a file.
  ///
  /// - Parameter parts: The bytes of the file, in consecutive parts.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged.
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

  /// Replaces the file at the path with a new one and synchronizes it to the disk.
  ///
  /// - Parameters:
  ///   - parts: The bytes of the new file, in consecutive parts.
  ///   - names: The names of the run's files.
  ///   - folder: The folder.
  ///   - step: The step for an additional numbered name, if the file gets one.
  ///   - spared: The step of a numbered checkpoint that must not be removed.
  /// - Throws: ``SystemFailure``. Unless synchronizing the folder failed after the rename, the file
  ///   at the path is then unchanged.
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
    try folder.synchronize()
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
