/// A file of a data set that cannot be used.
///
/// See ``DatasetError`` for an example.
public struct BadFile: Equatable, Sendable, CustomStringConvertible {
  /// The path below the folder of the data set.
  public let path: String

  /// The reason as a phrase, such as "it is text, not a PNG or JPEG".
  public let reason: String

  /// The path and the reason.
  public var description: String { "\(path): \(reason)" }
}
