/// The state of a file's seal.
///
/// ```swift
/// switch try CheckpointFile(opening: path).seal {
/// case .sealed(let step?): print("intact, of step \(step) of a run")
/// case .sealed(nil): print("intact, of no run")
/// case .unsealed: print("of another program, or changed by one")
/// case .broken(let reason): print("damaged: \(reason)")
/// }
/// ```
public enum SealState: Equatable, Sendable {
  /// The file has a seal; `step` is the global step of the run, if the file is the checkpoint of a
  /// run.
  ///
  /// The bytes of the file are verified only when they are read.
  case sealed(step: Int?)

  /// The file has no seal: another program wrote it, or opened it for writing.
  ///
  /// The seal is at the end, so that a file of the store that was cut short has none either. The
  /// bytes do not tell the difference, but the format may: an HDF5 file contains its own size.
  case unsealed

  /// The seal is invalid, or other bytes are in its place.
  case broken(reason: String)
}
