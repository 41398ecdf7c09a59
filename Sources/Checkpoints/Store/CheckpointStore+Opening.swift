import Files
import Glibc
import HDF5

/// What is done once before a run, by whoever holds the lock.
extension CheckpointStore {
  /// Cleans up after a save that was interrupted.
  ///
  /// A file that had been written whole, and is newer than every other, takes the place that it was meant
  /// for: the save had done all but that. All others that were being written are removed.
  ///
  /// - Returns: The step of the checkpoint that was saved so, if one was.
  /// - Throws: ``CheckpointError`` if the folder cannot be used.
  public func sweep() throws(CheckpointError) -> Int? {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    let leftovers = folder.names { $0.hasPrefix(names.temporaryPrefix) }
    guard !leftovers.isEmpty else { return nil }
    let committed = folder.names { $0 == names.name || names.step(ofNumbered: $0) != nil }
      .compactMap { step(of: names.path(of: $0)) }.max()
    let run = runID(of: path)
    let newest =
      leftovers
      .compactMap { name in step(of: names.path(of: name)).map { (name: name, step: $0) } }
      .filter {
        let file = names.path(of: $0.name)
        // Another run's takes nobody's place.
        return $0.step > committed ?? -1 && isGood(file) && (run == nil || runID(of: file) == run)
      }
      .max { $0.step < $1.step }
    do throws(SystemFailure) {
      if let newest {
        if keep > 0 {
          do throws(SystemFailure) {
            try folder.link(
              newest.name, as: names.numbered(step: newest.step), through: "\(newest.name)-link")
          } catch  where error.isLackOfLinks {
            // It does without the second name; the next save makes a copy.
          }
        }
        try folder.rename(newest.name, to: names.name)
        try folder.synchronize()
      }
    } catch {
      throw .writing(path: path, reason: error.reason)
    }
    for name in leftovers where name != newest?.name { folder.remove(name) }
    return newest?.step
  }

  /// Removes what interrupted saves have left, where the run's newest checkpoint is in another store.
  ///
  /// - Throws: ``CheckpointError`` if the folder cannot be used.
  public func removeLeftovers() throws(CheckpointError) {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    folder.names { $0.hasPrefix(names.temporaryPrefix) }.forEach { folder.remove($0) }
  }

  /// Makes sure that the path can be that of a checkpoint, without changing anything.
  ///
  /// - Throws: ``CheckpointError`` if the folder is missing, or something else than a file is there.
  public func checkTarget() throws(CheckpointError) {
    let names = try CheckpointNames(of: path)
    guard try Folder(of: names, for: path).isFree(names.name) else {
      throw .cannotCreate(path: path, reason: "it exists and is not a regular file")
    }
  }

  /// Finds out whether checkpoints can be saved, before hours are spent on what one would hold: a small
  /// file goes through all that a checkpoint goes through, but for the end.
  ///
  /// - Throws: ``CheckpointError`` if the folder is missing, read-only or full, or the path is not that
  ///   of a regular file.
  public func check() throws(CheckpointError) {
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
          // Then copies are made.
        }
      }
      try folder.synchronize()
    } catch {
      throw error.isOutOfSpace || error.code == EIO
        ? .writing(path: path, reason: error.reason)
        : .cannotCreate(path: path, reason: error.reason)
    }
  }

  /// What is to be said if there may be too little room for checkpoints of a size.
  ///
  /// - Parameter size: How large a checkpoint will be, in bytes.
  /// - Returns: A sentence; `nil` if there is room enough.
  public func spaceWarning(size: Int) -> String? {
    let copies = keep + 2
    guard let names = try? CheckpointNames(of: path),
      let free = (try? Folder(of: names, for: path))?.freeBytes, free < copies * size
    else { return nil }
    return """
      there may be too little room for '\(path)': \(copies) files of \(byteCount(size)) may be there at a \
      time, and \(byteCount(free)) are free
      """
  }

  /// Whether there is something at the path; a link that leads nowhere counts, an empty file does not.
  var exists: Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG || status.st_size > 0
  }

  /// The run that a file is of; `nil` if it holds none that can be read.
  private func runID(of path: String) -> String? {
    (try? CheckpointFile(opening: path).trainingState())?.runID
  }

  /// The step that a sealed file is of; its content is not verified.
  func step(of path: String) -> Int? {
    guard let source = try? DiskFile(path), case .sealed(let seal)? = try? Seal.find(in: source)
    else { return nil }
    return seal.step
  }
}
