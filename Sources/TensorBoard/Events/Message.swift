import Files

/// A message in the wire format of Protocol Buffers, field by field.
struct Message {
  private(set) var bytes: [UInt8] = []

  /// Adds a number as a varint.
  mutating func add(_ number: Int, as field: Int) {
    addVarint(UInt64(field << 3))
    addVarint(UInt64(bitPattern: Int64(number)))
  }

  /// Adds a number in double precision.
  mutating func add(_ number: Double, as field: Int) {
    addVarint(UInt64(field << 3 | 1))
    bytes += number.bitPattern.littleEndianBytes
  }

  /// Adds bytes: a string, or the bytes of another message.
  mutating func add(_ content: some Collection<UInt8>, as field: Int) {
    addVarint(UInt64(field << 3 | 2))
    addVarint(UInt64(content.count))
    bytes += content
  }

  /// Adds a message.
  mutating func add(_ field: Int, _ fill: (inout Message) -> Void) {
    var message = Message()
    fill(&message)
    add(message.bytes, as: field)
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
