import Files
import Glibc

/// Preparations before a run. The caller must hold the lock.
extension CheckpointStore {
  /// Cleans up after an interrupted save.
  ///
  /// A temporary file that is complete, newer than every checkpoint and of the same run is renamed
  /// to the path, because the save lacked only that step. All other temporary files are removed.
  ///
  /// - Parameter runID: Returns the ID of the run in a file; `nil` if it is unknown.
  /// - Returns: The step of the checkpoint that was completed this way, if any.
  /// - Throws: ``StoreError`` if the folder cannot be used.
  public func sweep(
    identifying runID: (_ path: String) -> String?
  ) throws(StoreError) -> Int? {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    let leftovers = folder.names { $0.hasPrefix(names.temporaryPrefix) }
    guard !leftovers.isEmpty else { return nil }
    let committed = folder.names { $0 == names.name || names.step(ofNumbered: $0) != nil }
      .filter { isGood(names.path(of: $0)) }.compactMap { step(of: names.path(of: $0)) }.max()
    let run = runID(path)
    let newest =
      leftovers
      .compactMap { name in step(of: names.path(of: name)).map { (name: name, step: $0) } }
      .filter {
        let file = names.path(of: $0.name)
        // A file of another run replaces nothing.
        return $0.step > committed ?? -1 && isGood(file) && (run == nil || runID(file) == run)
      }
      .max { $0.step < $1.step }
    do throws(SystemFailure) {
      if let newest {
        if keep > 0 {
          do throws(SystemFailure) {
            try folder.link(
              newest.name, as: names.numbered(step: newest.step), through: "\(newest.name)-link")
          } catch  where error.isLackOfLinks {
            // Continue without the numbered name; the next save makes a copy.
          }
        }
        try folder.rename(newest.name, to: names.name)
      }
    } catch {
      throw .writing(path: path, reason: error.reason)
    }
    if newest != nil {
      do throws(SystemFailure) { try folder.synchronize() } catch {
        throw .unconfirmed(path: path, reason: error.reason)
      }
    }
    for name in leftovers where name != newest?.name { folder.remove(name) }
    return newest?.step
  }

  /// Removes the temporary files of interrupted saves, even complete ones.
  ///
  /// It is for a store whose checkpoints are also in another store of the run; otherwise
  /// ``sweep(identifying:)`` completes a save that lacked only the rename.
  ///
  /// - Throws: ``StoreError`` if the folder cannot be used.
  public func removeLeftovers() throws(StoreError) {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    folder.names { $0.hasPrefix(names.temporaryPrefix) }.forEach { folder.remove($0) }
  }

  /// Checks that a checkpoint may be saved at the path, without changing anything.
  ///
  /// - Throws: ``StoreError`` if the folder is missing, or the path exists and is not a
  ///   regular file.
  public func checkTarget() throws(StoreError) {
    let names = try CheckpointNames(of: path)
    guard try Folder(of: names, for: path).isFree(names.name) else {
      throw .cannotCreate(path: path, reason: "it exists and is not a regular file")
    }
  }

  /// Checks that checkpoints can be saved, before hours of training.
  ///
  /// A small file goes through every step of a save except the final rename.
  ///
  /// - Throws: ``StoreError`` if the folder is missing or read-only, the disk is full, or the
  ///   path exists and is not a regular file.
  public func check() throws(StoreError) {
    try checkTarget()
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    do throws(SystemFailure) {
      let temporary = try folder.createTemporary(
        prefix: names.temporaryPrefix, replacing: names.name)
      defer { temporary.discard(isOpen: true) }
      let bytes = Array("This file tests whether checkpoints can be saved here.\n".utf8)
      try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(SystemFailure) in
        try unsafe temporary.fill([bytes])
      }
      if keep > 0 {
        let second = "\(temporary.name)-link"
        defer { folder.remove(second) }
        do throws(SystemFailure) {
          try folder.link(temporary.name, as: second, through: second)
        } catch  where error.isLackOfLinks {
          // Saves make copies instead.
        }
      }
      try folder.synchronize()
    } catch {
      throw error.isOutOfSpace || error.code == EIO
        ? .writing(path: path, reason: error.reason)
        : .cannotCreate(path: path, reason: error.reason)
    }
  }

  /// Returns a warning if the disk may have too little space for checkpoints of a given size.
  ///
  /// - Parameter size: The size of a checkpoint, in bytes.
  /// - Returns: A sentence; `nil` if there is enough space, or the free space is unknown.
  public func spaceWarning(size: Int) -> String? {
    let copies = keep + 2
    guard let names = try? CheckpointNames(of: path),
      let free = (try? Folder(of: names, for: path))?.freeBytes, free < copies * size
    else { return nil }
    return """
      there may be too little room for '\(path)': \(copies) files of \(byteCount(size)) may be \
      there at a time, and \(byteCount(free)) are free
      """
  }

  /// Whether the path exists; a dangling symbolic link counts, an empty file does not.
  package var exists: Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG || status.st_size > 0
  }

  /// The step in the seal of a file; its content is not verified.
  func step(of path: String) -> Int? {
    guard let source = try? DiskFile(path), case .sealed(let seal)? = try? Seal.find(in: source)
    else { return nil }
    return seal.step
  }
}
