extension FixedWidthInteger {
  /// The bytes of the number, the least significant first.
  package var littleEndianBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }

  /// Creates a number from its bytes, the least significant first.
  ///
  /// - Parameter bytes: At most as many bytes as the number has.
  @inlinable
  package init(littleEndianBytes bytes: some BidirectionalCollection<UInt8>) {
    self.init(bigEndianBytes: bytes.reversed())
  }

  /// Creates a number from its bytes, the most significant first.
  ///
  /// - Parameter bytes: At most as many bytes as the number has.
  @inlinable
  package init(bigEndianBytes bytes: some Collection<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
