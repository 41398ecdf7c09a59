/// What its seal says of a file.
public enum SealState: Equatable, Sendable {
  /// The file has a seal; the step is that of the run that it is the state of, if it is of a run.
  ///
  /// Whether its bytes are those that were sealed is found out when they are read.
  case sealed(step: Int?)

  /// The file has none: it was written by another program, or opened by one for writing.
  case unsealed

  /// The file has one that cannot be right, or something else where it would be.
  case broken(reason: String)
}
