import Files

/// Reads the fields of a message in the wire format of Protocol Buffers.
package struct MessageReader {
  /// A field.
  package enum Value {
    /// An integer of variable length.
    case varint(UInt64)

    /// Eight bytes.
    case fixed64(UInt64)

    /// Four bytes.
    case fixed32(UInt32)

    /// A string, bytes or a message.
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  /// Whether everything so far was well-formed.
  package private(set) var isValid = true

  /// Creates a reader of an encoded message.
  package init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// The number and the value of the next field; `nil` at the end, or if it is malformed.
  package mutating func next() -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    guard let key = varint(), key >> 3 > 0, key >> 3 < 1 << 29, let value = value(key & 7) else {
      isValid = false
      return nil
    }
    return (Int(key >> 3), value)
  }

  private mutating func value(_ wireType: UInt64) -> Value? {
    switch wireType {
    case 0: varint().map(Value.varint)
    case 1: take(8).map { .fixed64(UInt64(littleEndianBytes: $0)) }
    case 2: varint().flatMap { Int(exactly: $0) }.flatMap { take($0) }.map(Value.bytes)
    case 5: take(4).map { .fixed32(UInt32(littleEndianBytes: $0)) }
    default: nil
    }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func varint() -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
    }
    return nil
  }
}
