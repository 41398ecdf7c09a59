import Console

/// A signal has stopped the program before there was a run to save.
struct StoppedEarly: Error {
  /// The exit status.
  let status: ExitStatus
}
