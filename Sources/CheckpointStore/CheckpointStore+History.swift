import Files
import Glibc

/// The numbered checkpoints.
extension CheckpointStore {
  /// The numbered names, from oldest to newest.
  ///
  /// A checkpoint whose step exceeds `newest` belongs to an abandoned run and counts as older than
  /// all others.
  func numberedNames(in folder: Folder, _ names: CheckpointNames, newest: Int) -> [String] {
    folder.names { names.step(ofNumbered: $0) != nil }
      .map { (name: $0, step: names.step(ofNumbered: $0) ?? 0) }
      .sorted { ($0.step <= newest ? 1 : 0, $0.step) < ($1.step <= newest ? 1 : 0, $1.step) }
      .map(\.name)
  }

  /// The paths of all checkpoints of the run: the newest one, followed by the numbered ones.
  ///
  /// - Throws: ``StoreError`` if the folder cannot be used.
  package func paths() throws(StoreError) -> [String] {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    return [path]
      + numberedNames(in: folder, names, newest: .max).reversed().map(names.path(of:))
  }

  /// The paths of the numbered checkpoints, sorted by name.
  ///
  /// - Throws: ``StoreError`` if the folder cannot be used.
  package func numberedPaths() throws(StoreError) -> [String] {
    let names = try CheckpointNames(of: path)
    return try Folder(of: names, for: path).names { names.step(ofNumbered: $0) != nil }
      .map(names.path(of:))
  }

  /// Removes files in order; missing ones are ignored.
  ///
  /// - Parameter paths: The paths of the files.
  /// - Throws: ``StoreError/cannotCreate(path:reason:)`` at the first one that cannot be removed.
  package func remove(_ paths: [String]) throws(StoreError) {
    for path in paths where unsafe unlink(path) != 0 && errno != ENOENT {
      throw .cannotCreate(path: self.path, reason: "\(path): \(systemError())")
    }
  }

  /// Removes all numbered checkpoints but the newest `keep` and the spared one.
  ///
  /// Those of a later step than the newest checkpoint belong to an abandoned run and are removed
  /// first.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - names: The names of the run's files.
  ///   - step: The step of the newest checkpoint.
  ///   - spared: The step of a checkpoint that is still needed and must not be removed.
  func prune(in folder: Folder, _ names: CheckpointNames, newest step: Int, sparing spared: Int?) {
    for name in numberedNames(in: folder, names, newest: step).dropLast(keep)
    where names.step(ofNumbered: name) != spared {
      folder.remove(name)
    }
  }

  /// Removes the oldest numbered checkpoint that is not needed, if a valid one remains.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - names: The names of the run's files.
  ///   - step: The step of the newest checkpoint, if it is known.
  ///   - spared: The step of a checkpoint that is still needed and must not be removed.
  /// - Returns: Whether a checkpoint was removed.
  func makeRoom(
    in folder: Folder, _ names: CheckpointNames, newest step: Int?, sparing spared: Int?
  ) -> Bool {
    let numbered = numberedNames(in: folder, names, newest: step ?? .max)
    // Keep the newest numbered checkpoint: it is usually a hard link to the file at the path, so
    // that its removal would free no space.
    guard let newest = numbered.last,
      let oldest = numbered.dropLast().first(where: { names.step(ofNumbered: $0) != spared }),
      isGood(names.path(of: names.name)) || isGood(names.path(of: newest))
    else { return false }
    return folder.remove(oldest)
  }

  /// Removes the oldest numbered checkpoint that is not needed, if it is on the same disk as
  /// another folder.
  func makeRoom(onDiskOf folder: Folder, sparing spared: Int?) -> Bool {
    guard let names = try? CheckpointNames(of: path),
      let own = try? Folder(of: names, for: path), own.isOnDisk(of: folder)
    else { return false }
    return makeRoom(in: own, names, newest: step(of: path), sparing: spared)
  }

  /// Whether a file has a seal that matches its bytes.
  package func isGood(_ path: String) -> Bool {
    (try? SealCheck(of: DiskFile(path)))?.isGood ?? false
  }
}
