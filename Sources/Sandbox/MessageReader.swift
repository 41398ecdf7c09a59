/// Reads the bytes of a request or an answer, which may contain anything.
package struct MessageReader {
  private let bytes: [UInt8]
  private var position = 0

  /// Creates a reader of bytes.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  private mutating func take(_ count: Int) throws(SandboxError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else { throw .malformed }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Reads an integer.
  package mutating func read<Value: FixedWidthInteger>(
    _ type: Value.Type
  ) throws(SandboxError) -> Value {
    let bits = try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    if Value.bitWidth == 64 { return Value(truncatingIfNeeded: bits) }
    guard let value = Value(exactly: Int64(bitPattern: bits)) else { throw .malformed }
    return value
  }

  /// Reads an integer.
  package mutating func readInt() throws(SandboxError) -> Int { try read(Int.self) }

  /// Reads an integer that is not negative.
  package mutating func readSize() throws(SandboxError) -> Int {
    let value = try readInt()
    guard value >= 0 else { throw .malformed }
    return value
  }

  /// Reads a truth value.
  package mutating func readBool() throws(SandboxError) -> Bool { try take(1).first == 1 }

  /// Reads a number.
  package mutating func readDouble() throws(SandboxError) -> Double {
    Double(bitPattern: try read(UInt64.self))
  }

  /// Reads a string; what is not UTF-8 is replaced.
  package mutating func readString() throws(SandboxError) -> String {
    String(decoding: try take(readInt()), as: UTF8.self)
  }

  /// Reads bytes.
  package mutating func readBytes() throws(SandboxError) -> [UInt8] { Array(try take(readInt())) }

  /// Reads a value.
  package mutating func read<Value: Transferable>() throws(SandboxError) -> Value {
    try Value(from: &self)
  }

  /// Reads a list.
  package mutating func readList<Element>(
    _ readElement: (inout MessageReader) throws(SandboxError) -> Element
  ) throws(SandboxError) -> [Element] {
    let count = try readInt()
    // Every element takes a byte at least.
    guard count >= 0, count <= bytes.count - position else { throw .malformed }
    var list: [Element] = []
    list.reserveCapacity(min(count, 1024))
    for _ in 0..<count { list.append(try readElement(&self)) }
    return list
  }

  /// Reads a value that may be missing.
  package mutating func readOptional<Value>(
    _ readValue: (inout MessageReader) throws(SandboxError) -> Value
  ) throws(SandboxError) -> Value? {
    try readBool() ? try readValue(&self) : nil
  }
}
