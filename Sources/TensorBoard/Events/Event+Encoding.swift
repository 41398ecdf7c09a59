import Files
import Protobuf

extension Event {
  /// The version of event files, which is their first event.
  static let fileVersion = "brain.Event:2"

  /// The event in the wire format, as TensorFlow writes it.
  ///
  /// Sources: event.proto, summary.proto, tensor.proto and tensor_shape.proto in
  /// tensorboard/compat/proto.
  var encoded: [UInt8] {
    var message = Message()
    if time != 0 { message.add(time, as: Field.time) }
    if step != 0 { message.add(step, as: Field.step) }
    switch content {
    case .beginning(let writer):
      message.add(Event.fileVersion.utf8, as: Field.fileVersion)
      message.add(Field.source) { $0.add(writer.utf8, as: Field.writer) }
    case .values(let summaries):
      message.add(Field.summary) { message in
        for summary in summaries { message.add(Field.value, summary.encode) }
      }
    case .other: break
    }
    return message.bytes
  }
}

extension TaggedValue {
  fileprivate func encode(_ message: inout Message) {
    message.add(tag.utf8, as: Field.tag)
    message.add(Field.tensor) { tensor in
      switch value {
      case .scalar(let number):
        tensor.add(DataType.float, as: Field.dataType)
        tensor.add(Field.shape) { _ in }
        tensor.add(number.bitPattern.littleEndianBytes, as: Field.content)
      case .histogram(let histogram):
        tensor.add(DataType.double, as: Field.dataType)
        tensor.addShape([histogram.buckets.count, 3])
        tensor.add(
          histogram.buckets.flatMap { $0.flatMap { $0.bitPattern.littleEndianBytes } },
          as: Field.content)
      case .image(let png, let width, let height):
        tensor.add(DataType.string, as: Field.dataType)
        tensor.addShape([3])
        tensor.add("\(width)".utf8, as: Field.string)
        tensor.add("\(height)".utf8, as: Field.string)
        tensor.add(png, as: Field.string)
      case .other: break
      }
    }
    message.add(Field.metadata) { metadata in
      metadata.add(Field.plugin) { $0.add(value.plugin.utf8, as: Field.pluginName) }
    }
  }
}

extension TaggedValue.Value {
  /// The name of the plugin that shows the value.
  var plugin: String {
    switch self {
    case .scalar: "scalars"
    case .histogram: "histograms"
    case .image: "images"
    case .other(let plugin): plugin
    }
  }
}

extension Message {
  fileprivate mutating func addShape(_ extents: [Int]) {
    add(Field.shape) { shape in
      for extent in extents {
        shape.add(Field.dimension) { $0.add(extent, as: Field.extent) }
      }
    }
  }
}

/// The numbers of types in `types.proto`.
enum DataType {
  static let (float, double, string) = (1, 2, 7)
}

/// The numbers of the fields of messages.
enum Field {
  // Event
  static let (time, step, fileVersion, summary, source) = (1, 2, 3, 5, 10)
  // SourceMetadata
  static let writer = 1
  // Summary and Summary.Value
  static let (value, tag, simpleValue, tensor, metadata) = (1, 1, 2, 8, 9)
  // TensorProto
  static let (dataType, shape, content, floats, string) = (1, 2, 4, 5, 8)
  // TensorShapeProto and its Dim
  static let (dimension, extent) = (2, 1)
  // SummaryMetadata and its PluginData
  static let (plugin, pluginName) = (1, 1)
}
