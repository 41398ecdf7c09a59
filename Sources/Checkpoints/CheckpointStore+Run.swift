public import CheckpointStore
import Files
import HDF5
public import ModelFiles

/// Checkpoints of a run in a store.
extension CheckpointStore {
  /// Saves a checkpoint.
  ///
  /// - Parameter checkpoint: The checkpoint to save.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged,
  ///   unless the error is ``StoreError/unconfirmed(path:reason:)``.
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
  ///   process holds the lock; the file at the path is then unchanged, unless the error is
  ///   ``StoreError/unconfirmed(path:reason:)``.
  func save(
    _ image: inout CheckpointImage, holding lock: CheckpointLock? = nil,
    sparing spared: Int? = nil, makingRoomIn other: CheckpointStore? = nil
  ) throws(CheckpointError) {
    if let object = image.notFinite { throw .notFinite(path: path, object: "/\(object)") }
    let step = image.step
    do throws(StoreError) {
      try unsafe image.withSealedBytes { parts throws(StoreError) in
        try unsafe save(
          parts, step: step, holding: lock, sparing: spared, makingRoomIn: other)
      }
    } catch {
      throw .store(error)
    }
  }

  /// Cleans up after an interrupted save of a run.
  ///
  /// A temporary file that is complete, newer than every checkpoint and of the same run is renamed
  /// to the path. All other temporary files are removed.
  ///
  /// - Returns: The step of the checkpoint that was completed this way, if any.
  /// - Throws: ``CheckpointError`` if the folder cannot be used.
  public func sweep() throws(CheckpointError) -> Int? {
    try converting { () throws(StoreError) in
      try sweep { (try? CheckpointFile(opening: $0).trainingState())?.runID }
    }
  }

  /// Finds the newest checkpoint from which a run can be resumed, among all names of the run.
  ///
  /// - Parameter others: Other paths to which the run's checkpoints were saved.
  /// - Returns: The file found, and the rejected ones.
  /// - Throws: ``CheckpointError`` if the folder cannot be used, or if a file that may be the
  ///   newest valid one cannot be opened.
  /// - SeeAlso: ``CheckpointStore/recover(including:examining:)``
  public func recoverRun(including others: [String] = []) throws(CheckpointError) -> Recovery {
    try converting { () throws(StoreError) in
      try recover(including: others, examining: CheckpointStore.examineRun)
    }
  }

  /// Verifies the seal of a complete file and reads the training state.
  private static func examineRun(
    in file: DiskFile, at path: String
  ) -> Recovery.Examination {
    let check: SealCheck
    do throws(HDF5Error.Cause) { check = try SealCheck(ofHDF5: file) } catch {
      return .bad(.unreadable("\(error)"))
    }
    if let reason = Recovery.Rejection(check) { return .bad(reason) }
    do throws(CheckpointError) {
      guard let state = try CheckpointFile(opening: path).trainingState() else {
        return .bad(.noRun)
      }
      guard check.isGood else { return .bad(.unsealed) }
      return .good(step: state.globalStep, runID: state.runID)
    } catch {
      // The file is intact but unusable, for instance written by a newer version.
      return .bad(.unusable("\(error)"))
    }
  }
}
