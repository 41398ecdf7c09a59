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

  /// Removes the oldest numbered checkpoint, if one that is good remains.
  ///
  /// - Returns: Whether one was removed.
  func makeRoom(in folder: Folder, _ names: CheckpointNames, keeping step: Int?) -> Bool {
    let numbered = numberedNames(in: folder, names, newest: step ?? .max)
    // The file at the path is most often the newest numbered one under another name; removing that
    // would make no room.
    guard numbered.count > 1, isGood(names.path(of: names.name)) else { return false }
    return folder.remove(numbered[0])
  }

  /// Whether a file has a seal, and its bytes are those that were sealed.
  func isGood(_ path: String) -> Bool {
    (try? SealCheck(of: DiskFile(path)))?.isGood ?? false
  }
}
