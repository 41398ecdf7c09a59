/// Builds the bytes of a request or an answer.
package struct MessageWriter {
  /// The bytes so far.
  package private(set) var bytes: [UInt8] = []

  /// Creates an empty message.
  package init() {}

  /// Appends an integer.
  package mutating func write(_ value: some FixedWidthInteger) {
    unsafe withUnsafeBytes(of: Int64(truncatingIfNeeded: value).littleEndian) {
      unsafe bytes.append(contentsOf: $0)
    }
  }

  /// Appends a truth value.
  package mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Appends a number.
  package mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Appends a string, which may be invalid UTF-8 in the way of `PathText`.
  package mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      write(utf8.count)
      unsafe bytes.append(contentsOf: utf8)
    }
  }

  /// Appends bytes.
  package mutating func write(_ more: [UInt8]) {
    write(more.count)
    bytes += more
  }

  /// Appends a value.
  package mutating func write<Value: Transferable>(_ value: Value) { value.write(to: &self) }

  /// Appends a list.
  package mutating func write<Element>(
    _ list: [Element], _ writeElement: (inout MessageWriter, Element) -> Void
  ) {
    write(list.count)
    for element in list { writeElement(&self, element) }
  }

  /// Appends a value that may be missing.
  package mutating func write<Value>(
    _ value: Value?, _ writeValue: (inout MessageWriter, Value) -> Void
  ) {
    write(value != nil)
    if let value { writeValue(&self, value) }
  }
}
