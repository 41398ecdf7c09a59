import Protobuf

/// A node: an operator with its inputs, outputs and attributes.
package struct NodeProto: Equatable {
  /// The names of the inputs; an empty name stands for an optional input that is left out.
  package var inputs: [String]

  /// The names of the outputs.
  package var outputs: [String]

  /// The name of the node.
  package let name: String

  /// The operator, such as `Conv`.
  package let operatorType: String

  /// The attributes.
  package let attributes: [AttributeProto]

  private enum Field {
    static let (input, output, name, operatorType, attribute) = (1, 2, 3, 4, 5)
  }

  /// Adds the fields to a message.
  func encode(to message: inout Message) {
    for input in inputs { message.add(input.utf8, as: Field.input) }
    for output in outputs { message.add(output.utf8, as: Field.output) }
    message.add(name.utf8, as: Field.name)
    message.add(operatorType.utf8, as: Field.operatorType)
    for attribute in attributes { message.add(Field.attribute, attribute.encode) }
  }
}
