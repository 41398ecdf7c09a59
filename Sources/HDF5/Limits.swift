/// How much a file may ask of the process that reads it.
///
/// A few bytes can declare a dataset of terabytes; these bounds are checked before memory is taken.
public struct Limits: Equatable, Sendable {
  /// The most bytes one read may produce, 1 GiB unless set.
  public var bytesPerRead: Int
  /// The most members a group may have to be listed, 10,000 unless set.
  public var membersPerGroup: Int

  /// Creates limits.
  ///
  /// - Parameters:
  ///   - bytesPerRead: The most bytes one read may produce.
  ///   - membersPerGroup: The most members a group may have to be listed.
  public init(bytesPerRead: Int = 1 << 30, membersPerGroup: Int = 10_000) {
    self.bytesPerRead = bytesPerRead
    self.membersPerGroup = membersPerGroup
  }

  /// Filters in one dataset's pipeline.
  static let filters = 4
  /// Bytes in one chunk, once decoded.
  static let chunkBytes = 64 << 20
  /// Bytes a dataset may declare for each byte it stores, beyond ``expansionAllowance``.
  ///
  /// Deflate cannot reach 1,032; a dataset that was never written stores nothing.
  static let expansion = 1_000
  /// Bytes a dataset may declare whatever it stores.
  static let expansionAllowance = 64 << 10
  /// Chunks of one dataset whose places are told.
  static let listedChunks = 4096
  /// Attributes of one object.
  static let attributes = 65_536
  /// Bytes in one attribute of numbers or fixed-length strings.
  static let attributeBytes = 4 << 20
  /// Bytes in all the variable-length strings of one attribute.
  static let attributeStringBytes = 64 << 20
  /// Bytes in the name of a link or an attribute: Keras makes names of thousands.
  static let nameBytes = 1 << 14
}
