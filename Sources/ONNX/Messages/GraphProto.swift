import NeuralNetwork
import Protobuf
import Tensors

/// The graph of a model: nodes in the order of computation, and the constants that they use.
package struct GraphProto {
  /// The name of the model.
  package let name: String

  /// The nodes in topological order.
  package let nodes: [NodeProto]

  /// The weights and other constants.
  package let initializers: [TensorProto]

  /// The inputs of the model.
  package let inputs: [ValueInfoProto]

  /// The outputs of the model.
  package let outputs: [ValueInfoProto]

  /// The shapes of values between the nodes.
  package let valueInfo: [ValueInfoProto]

  private enum Field {
    static let (node, name, initializer, input, output, valueInfo) = (1, 2, 5, 11, 12, 13)
  }

  private var head: Message {
    var message = Message()
    for node in nodes { message.add(Field.node, node.encode) }
    message.add(name.utf8, as: Field.name)
    return message
  }

  private var tail: Message {
    var message = Message()
    for input in inputs { message.add(Field.input, input.encode) }
    for output in outputs { message.add(Field.output, output.encode) }
    for info in valueInfo { message.add(Field.valueInfo, info.encode) }
    return message
  }

  /// The size of the message in bytes.
  var size: Int {
    initializers.reduce(head.bytes.count + tail.bytes.count) {
      $0 + Message.size(ofField: Field.initializer, length: $1.size)
    }
  }

  /// Adds the fields to a message.
  func encode<Failure: Error>(
    to message: inout Message, reading weight: (Layer, Int) throws(Failure) -> Tensor
  ) throws(Failure) {
    message.append(head.bytes)
    for initializer in initializers {
      try message.add(Field.initializer, length: initializer.size) { message throws(Failure) in
        try initializer.encode(to: &message, reading: weight)
      }
    }
    message.append(tail.bytes)
  }
}
