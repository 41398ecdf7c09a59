/// The newest checkpoint of a run that is known to be on the disk.
public struct SavedCheckpoint: Equatable, Sendable {
  /// The path of the file.
  public let path: String

  /// How many steps of the run it holds.
  public let step: Int

  /// Names a checkpoint.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - step: How many steps of the run it holds.
  public init(path: String, step: Int) {
    self.path = path
    self.step = step
  }
}
