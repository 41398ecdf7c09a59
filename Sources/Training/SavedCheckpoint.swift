/// The newest checkpoint of a run that is known to be on the disk.
///
/// See ``TrainingError`` for an example.
public struct SavedCheckpoint: Equatable, Sendable {
  /// The path of the file.
  public let path: String

  /// The number of steps of the run at that checkpoint.
  public let step: Int

  /// Creates a reference to a checkpoint.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - step: The number of steps of the run at that checkpoint.
  public init(path: String, step: Int) {
    self.path = path
    self.step = step
  }
}
