import Protobuf
package import NeuralNetwork
package import Tensors

/// A model in the file format of ONNX.
///
/// The types in this folder are messages of onnx.proto (github.com/onnx/onnx), with the fields that
/// a model of Cairn needs.
package struct ModelProto {
  /// The version of the file format; 8 is that of ONNX 1.13, the first with operator set 18.
  static let irVersion = 8

  /// The version of the operators.
  package static let operatorSet = 18

  /// The maximum size of a file in bytes, which the readers of Protocol Buffers set.
  package static let maximumSize = Int(Int32.max)

  /// The version of Cairn.
  package let producerVersion: String

  /// The graph.
  package let graph: GraphProto

  /// Facts about the model, by name.
  package let metadata: [(key: String, value: String)]

  private enum Field {
    static let (irVersion, producerName, producerVersion, graph, operatorSet) = (1, 2, 3, 7, 8)
    static let metadata = 14
    // OperatorSetIdProto
    static let (domain, version) = (1, 2)
    // StringStringEntryProto
    static let (key, value) = (1, 2)
  }

  private var head: Message {
    var message = Message()
    message.add(Self.irVersion, as: Field.irVersion)
    message.add("cairn".utf8, as: Field.producerName)
    message.add(producerVersion.utf8, as: Field.producerVersion)
    return message
  }

  private var tail: Message {
    var message = Message()
    message.add(Field.operatorSet) { set in
      set.add("".utf8, as: Field.domain)
      set.add(Self.operatorSet, as: Field.version)
    }
    for (key, value) in metadata {
      message.add(Field.metadata) { entry in
        entry.add(key.utf8, as: Field.key)
        entry.add(value.utf8, as: Field.value)
      }
    }
    return message
  }

  /// The size of the file in bytes.
  package var size: Int {
    head.bytes.count + Message.size(ofField: Field.graph, length: graph.size) + tail.bytes.count
  }

  /// Encodes the file.
  ///
  /// - Parameter weight: Returns the weight of a layer at an index; it is called when the value is
  ///   needed, so that a large model is in memory only once.
  /// - Returns: The bytes of the file.
  /// - Throws: The error of `weight`.
  package func encoded<Failure: Error>(
    reading weight: (Layer, Int) throws(Failure) -> Tensor
  ) throws(Failure) -> [UInt8] {
    let (head, tail) = (head.bytes, tail.bytes)
    var message = Message(capacity: size)
    message.append(head)
    try message.add(Field.graph, length: graph.size) { message throws(Failure) in
      try graph.encode(to: &message, reading: weight)
    }
    message.append(tail)
    return message.bytes
  }
}
