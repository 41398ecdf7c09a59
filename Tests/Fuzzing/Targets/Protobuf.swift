import Protobuf

extension FuzzTarget {
  /// Messages of Protocol Buffers, and the messages in them.
  static let protobuf = FuzzTarget("protobuf") { input in
    visit(input[...], depth: 8)
  }

  private static func visit(_ bytes: ArraySlice<UInt8>, depth: Int) {
    guard depth > 0 else { return }
    var reader = MessageReader(bytes)
    var count = 0
    while let (field, value) = reader.next() {
      expect(field > 0, "a field has the number \(field)")
      count += 1
      expect(count <= bytes.count, "there are more fields than bytes")
      if case .bytes(let content) = value { visit(content, depth: depth - 1) }
    }
  }
}
