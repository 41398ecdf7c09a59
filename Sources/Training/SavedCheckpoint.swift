/// The newest checkpoint of a run that is known to be on the disk.
public struct SavedCheckpoint: Equatable, Sendable {
  /// The path of the file.
  public let path: String

  /// How many steps of the run it holds.
  public let step: Int
}
