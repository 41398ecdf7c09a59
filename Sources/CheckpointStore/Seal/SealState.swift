/// The state of a file's seal.
public enum SealState: Equatable, Sendable {
  /// The file has a seal; `step` is the global step of the run, if the file is the checkpoint of a
  /// run.
  ///
  /// The bytes of the file are verified only when they are read.
  case sealed(step: Int?)

  /// The file has no seal: another program wrote it, or opened it for writing.
  case unsealed

  /// The seal is invalid, or other bytes are in its place.
  case broken(reason: String)
}
