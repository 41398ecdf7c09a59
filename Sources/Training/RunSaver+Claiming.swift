import CheckpointStore
import Checkpoints
import ModelFiles

/// Files of other runs, which a run does not replace unasked.
extension RunSaver {
  /// Finds the numbered checkpoints of other runs beside the path.
  ///
  /// - Parameters:
  ///   - runIDs: The IDs of this run and of the runs that it continues.
  ///   - isNew: Whether the run is not resumed.
  /// - Returns: The files to remove.
  /// - Throws: ``TrainingError/occupied(_:path:file:_:)`` if an output exists that another run or
  ///   program wrote, and may not be overwritten.
  func foreignFiles(to runIDs: Set<String>, isNew: Bool) throws(TrainingError) -> [String] {
    func isForeign(_ occupant: Occupant) -> Bool {
      occupant.runID.map { !runIDs.contains($0) } ?? true
    }
    let others = try attempting { () throws(CheckpointError) in
      try store.numbered().filter { file in
        // In a resumed run, an unidentified file is more likely damaged than foreign.
        isForeign(file.occupant) && (isNew || file.occupant.runID != nil)
      }
    }
    if let file = others.first, !options.overwrite {
      throw .occupied(.checkpoint, path: store.path, file: file.path, file.occupant)
    }
    for (role, path) in [(FileRole.best, options.bestPath), (.weights, options.weightsPath)] {
      guard let path, let occupant = Occupant(at: path), isForeign(occupant), !options.overwrite
      else { continue }
      throw .occupied(role, path: path, file: path, occupant)
    }
    return others.map(\.path)
  }

  /// Removes numbered checkpoints of other runs.
  ///
  /// Called before the first save, because files of two runs must never coexist.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the folder cannot be changed.
  func remove(_ paths: [String]) throws(TrainingError) {
    try attempting { () throws(CheckpointError) in
      try converting { () throws(StoreError) in try store.remove(paths) }
    }
  }
}
