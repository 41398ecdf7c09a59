import Files

/// A message in the wire format of Protocol Buffers, field by field.
package struct Message {
  /// The encoded fields.
  package private(set) var bytes: [UInt8] = []

  /// Creates a message without fields.
  ///
  /// - Parameter capacity: The number of bytes to reserve.
  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Adds encoded fields.
  package mutating func append(_ fields: [UInt8]) { bytes += fields }

  /// Adds a number as a varint.
  package mutating func add(_ number: Int, as field: Int) {
    addVarint(UInt64(field << 3))
    addVarint(UInt64(bitPattern: Int64(number)))
  }

  /// Adds a number in double precision.
  package mutating func add(_ number: Double, as field: Int) {
    addVarint(UInt64(field << 3 | 1))
    bytes += number.bitPattern.littleEndianBytes
  }

  /// Adds a number in single precision.
  package mutating func add(_ number: Float, as field: Int) {
    addVarint(UInt64(field << 3 | 5))
    bytes += number.bitPattern.littleEndianBytes
  }

  /// Adds bytes: a string, or the bytes of another message.
  package mutating func add(_ content: some Collection<UInt8>, as field: Int) {
    addHead(of: field, length: content.count)
    bytes += content
  }

  /// Adds the elements of an array as bytes, in little-endian order.
  package mutating func add(rawData numbers: some Collection<some FixedWidthInteger>, as field: Int)
  {
    let words = numbers.map(\.littleEndian)
    unsafe words.withUnsafeBytes { unsafe add($0, as: field) }
  }

  /// Adds a message.
  package mutating func add(_ field: Int, _ fill: (inout Message) -> Void) {
    var message = Message()
    fill(&message)
    add(message.bytes, as: field)
  }

  /// Adds a message of a known length, without a copy of its bytes.
  ///
  /// - Parameters:
  ///   - field: The number of the field.
  ///   - length: The number of bytes that `fill` adds.
  ///   - fill: Adds the fields of the message.
  /// - Throws: The error of `fill`.
  package mutating func add<Failure: Error>(
    _ field: Int, length: Int, _ fill: (inout Message) throws(Failure) -> Void
  ) throws(Failure) {
    addHead(of: field, length: length)
    try fill(&self)
  }

  /// The number of bytes of a field with bytes, including its head.
  package static func size(ofField field: Int, length: Int) -> Int {
    varintSize(UInt64(field << 3)) + varintSize(UInt64(length)) + length
  }

  private static func varintSize(_ number: UInt64) -> Int {
    max((UInt64.bitWidth - number.leadingZeroBitCount + 6) / 7, 1)
  }

  private mutating func addHead(of field: Int, length: Int) {
    addVarint(UInt64(field << 3 | 2))
    addVarint(UInt64(length))
  }

  private mutating func addVarint(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
