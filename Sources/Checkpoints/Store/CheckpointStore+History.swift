import HDF5

/// The checkpoints that keep a name of their own.
extension CheckpointStore {
  /// The numbered names, the newest last.
  ///
  /// A step that is still to come belongs to a run that was given up, and is older than all others.
  func numberedNames(in folder: Folder, _ names: CheckpointNames, newest: Int) -> [String] {
    folder.names { names.step(ofNumbered: $0) != nil }
      .map { (name: $0, step: names.step(ofNumbered: $0) ?? 0) }
      .sorted { ($0.step <= newest ? 1 : 0, $0.step) < ($1.step <= newest ? 1 : 0, $1.step) }
      .map(\.name)
  }

  /// The paths of all checkpoints of the run: the newest, and those that keep a name of their own.
  ///
  /// - Throws: ``CheckpointError`` if the folder cannot be used.
  package func paths() throws(CheckpointError) -> [String] {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    return [path]
      + numberedNames(in: folder, names, newest: .max).reversed().map(names.path(of:))
  }

  /// Removes numbered checkpoints beyond the number that is to be kept, the oldest first.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - names: The names of the run's files.
  ///   - step: The step of the newest one.
  ///   - spared: The step of one that is still needed.
  func prune(in folder: Folder, _ names: CheckpointNames, newest step: Int, sparing spared: Int?) {
    for name in numberedNames(in: folder, names, newest: step).dropLast(keep)
    where names.step(ofNumbered: name) != spared {
      folder.remove(name)
    }
  }

  /// Removes the oldest numbered checkpoint that is not needed, if one that is good remains.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - names: The names of the run's files.
  ///   - step: The step of the newest one, if it is known.
  ///   - spared: The step of one that is still needed.
  /// - Returns: Whether one was removed.
  func makeRoom(
    in folder: Folder, _ names: CheckpointNames, newest step: Int?, sparing spared: Int?
  ) -> Bool {
    let numbered = numberedNames(in: folder, names, newest: step ?? .max)
    // The file at the path is most often the newest numbered one under another name; removing that
    // would make no room.
    guard let newest = numbered.last,
      let oldest = numbered.dropLast().first(where: { names.step(ofNumbered: $0) != spared }),
      isGood(names.path(of: names.name)) || isGood(names.path(of: newest))
    else { return false }
    return folder.remove(oldest)
  }

  /// Removes the oldest numbered checkpoint if that makes room in another folder.
  func makeRoom(onDiskOf folder: Folder, sparing spared: Int?) -> Bool {
    guard let names = try? CheckpointNames(of: path),
      let own = try? Folder(of: names, for: path), own.isOnDisk(of: folder)
    else { return false }
    return makeRoom(in: own, names, newest: step(of: path), sparing: spared)
  }

  /// Whether a file has a seal, and its bytes are those that were sealed.
  package func isGood(_ path: String) -> Bool {
    (try? SealCheck(of: DiskFile(path)))?.isGood ?? false
  }
}
