import Files
import Protobuf

extension Event {
  /// Decodes an event; `nil` if it is malformed.
  ///
  /// Unknown fields are skipped.
  ///
  /// - Parameter bytes: The event in the wire format.
  package init?(decoding bytes: ArraySlice<UInt8>) {
    self.init(.other)
    var (version, writer): (String?, String) = (nil, "")
    var reader = MessageReader(bytes)
    while let (field, value) = reader.next() {
      switch (field, value) {
      case (Field.time, .fixed64(let bits)): time = Double(bitPattern: bits)
      case (Field.step, .varint(let number)):
        step = Int(truncatingIfNeeded: number)
      case (Field.fileVersion, .bytes(let text)): version = String(validating: text)
      case (Field.summary, .bytes(let message)):
        guard let summaries = TaggedValue.list(decoding: message) else { return nil }
        content = .values(summaries)
      case (Field.source, .bytes(let message)):
        var reader = MessageReader(message)
        while let (field, value) = reader.next() {
          if case (Field.writer, .bytes(let text)) = (field, value) {
            writer = String(validating: text) ?? ""
          }
        }
        guard reader.isValid else { return nil }
      default: break
      }
    }
    guard reader.isValid else { return nil }
    if version == Event.fileVersion { content = .beginning(writer: writer) }
  }
}

extension TaggedValue {
  fileprivate static func list(decoding bytes: ArraySlice<UInt8>) -> [TaggedValue]? {
    var summaries: [TaggedValue] = []
    var reader = MessageReader(bytes)
    while let (field, value) = reader.next() {
      guard case (Field.value, .bytes(let message)) = (field, value) else { continue }
      guard let summary = TaggedValue(decoding: message) else { return nil }
      summaries.append(summary)
    }
    return reader.isValid ? summaries : nil
  }

  fileprivate init?(decoding bytes: ArraySlice<UInt8>) {
    self.init("", .other(plugin: ""))
    var (tensor, plugin): (TensorContent?, String) = (nil, "")
    var simpleValue: Float?
    var reader = MessageReader(bytes)
    while let (field, value) = reader.next() {
      switch (field, value) {
      case (Field.tag, .bytes(let text)): tag = String(validating: text) ?? ""
      case (Field.simpleValue, .fixed32(let bits)): simpleValue = Float(bitPattern: bits)
      case (Field.tensor, .bytes(let message)):
        guard let content = TensorContent(decoding: message) else { return nil }
        tensor = content
      case (Field.metadata, .bytes(let message)):
        guard let name = Self.plugin(decoding: message) else { return nil }
        plugin = name
      default: break
      }
    }
    guard reader.isValid else { return nil }
    value = simpleValue.map(Value.scalar) ?? tensor?.value(for: plugin) ?? .other(plugin: plugin)
  }

  private static func plugin(decoding bytes: ArraySlice<UInt8>) -> String? {
    var name = ""
    var reader = MessageReader(bytes)
    while let (field, value) = reader.next() {
      guard case (Field.plugin, .bytes(let message)) = (field, value) else { continue }
      var inner = MessageReader(message)
      while let (field, value) = inner.next() {
        if case (Field.pluginName, .bytes(let text)) = (field, value) {
          name = String(validating: text) ?? ""
        }
      }
      guard inner.isValid else { return nil }
    }
    return reader.isValid ? name : nil
  }
}

/// The elements of a tensor.
private struct TensorContent {
  private var type = 0
  private var content: ArraySlice<UInt8> = []
  private var strings: [ArraySlice<UInt8>] = []

  init?(decoding bytes: ArraySlice<UInt8>) {
    var reader = MessageReader(bytes)
    while let (field, value) = reader.next() {
      switch (field, value) {
      case (Field.dataType, .varint(let number)): type = Int(truncatingIfNeeded: number)
      case (Field.content, .bytes(let bytes)): content = bytes
      case (Field.string, .bytes(let bytes)): strings.append(bytes)
      default: break
      }
    }
    guard reader.isValid else { return nil }
  }

  /// The value, if it has the form that the plugin expects.
  func value(for plugin: String) -> TaggedValue.Value? {
    switch (plugin, type) {
    case ("scalars", DataType.float) where content.count == 4:
      return .scalar(Float(bitPattern: UInt32(littleEndianBytes: content)))
    case ("histograms", DataType.double) where content.count.isMultiple(of: 24):
      let numbers = stride(from: content.startIndex, to: content.endIndex, by: 8).map {
        Double(bitPattern: UInt64(littleEndianBytes: content[$0..<$0 + 8]))
      }
      let buckets = stride(from: 0, to: numbers.count, by: 3).map {
        Array(numbers[$0..<$0 + 3])
      }
      return .histogram(Histogram(buckets: buckets))
    case ("images", DataType.string) where strings.count == 3:
      guard let width = Int(String(decoding: strings[0], as: UTF8.self)),
        let height = Int(String(decoding: strings[1], as: UTF8.self))
      else { return nil }
      return .image(png: Array(strings[2]), width: width, height: height)
    default: return nil
    }
  }
}

extension String {
  /// The text of valid UTF-8.
  fileprivate init?(validating bytes: ArraySlice<UInt8>) {
    self.init(validating: bytes, as: UTF8.self)
  }
}
