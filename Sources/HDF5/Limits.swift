public import Sandbox

/// The limits of memory for reading a file, and the process that reads it.
///
/// A few bytes can declare a dataset of terabytes, so these limits are checked before memory is
/// allocated.
public struct Limits: Equatable, Sendable {
  /// The maximum number of bytes of one read; 1 GiB by default.
  public var bytesPerRead: Int
  /// The maximum number of members of a group that is listed; 10,000 by default.
  public var membersPerGroup: Int
  /// The process that reads; a sandboxed one by default.
  public var reader: Reader

  /// Creates limits.
  ///
  /// - Parameters:
  ///   - bytesPerRead: The maximum number of bytes of one read.
  ///   - membersPerGroup: The maximum number of members of a group that is listed.
  ///   - reader: The process that reads.
  public init(
    bytesPerRead: Int = 1 << 30, membersPerGroup: Int = 10_000, reader: Reader = .sandboxed
  ) {
    self.bytesPerRead = bytesPerRead
    self.membersPerGroup = membersPerGroup
    self.reader = reader
  }

  /// The maximum number of bytes of elements that are read at once.
  static let bytesPerPart = 64 << 20
  /// The maximum number of filters of one dataset.
  static let filters = 4
  /// The maximum number of bytes of one decoded chunk.
  static let chunkBytes = 64 << 20
  /// The maximum number of bytes that a dataset may declare for each byte that it stores, beyond
  /// ``expansionAllowance``.
  ///
  /// Deflate expands by less than 1,032. A dataset that was never written stores nothing.
  static let expansion = 1_000
  /// The number of bytes that every dataset may declare.
  static let expansionAllowance = 64 << 10
  /// The maximum number of chunks of a dataset whose places are listed.
  static let listedChunks = 4096
  /// The maximum number of attributes of one object.
  static let attributes = 65_536
  /// The maximum number of bytes of an attribute of numbers or fixed-length strings.
  static let attributeBytes = 4 << 20
  /// The maximum number of bytes of all variable-length strings of an attribute, such as the config
  /// of a model.
  static let attributeStringBytes = 16 << 20
  /// The maximum number of bytes of all variable-length strings of a dataset.
  static let datasetStringBytes = 64 << 20
  /// The maximum number of bytes in the name of a link or an attribute.
  ///
  /// Keras writes names of thousands of bytes.
  static let nameBytes = 1 << 14
}
