import Protobuf

/// The name and shape of a value: 32-bit floats for any number of examples.
package struct ValueInfoProto {
  /// The name.
  package let name: String

  /// The extents, without the batch axis.
  package let extents: [Int]

  /// The name of the extent of the batch axis, which is free.
  static let batch = "N"

  private enum Field {
    static let (name, type) = (1, 2)
    // TypeProto, and its Tensor
    static let (tensor, elementType, shape) = (1, 1, 2)
    // TensorShapeProto, and its Dimension
    static let (dimension, value, parameter) = (1, 1, 2)
  }

  /// Adds the fields to a message.
  func encode(to message: inout Message) {
    message.add(name.utf8, as: Field.name)
    message.add(Field.type) { type in
      type.add(Field.tensor) { tensor in
        tensor.add(TensorProto.DataType.float, as: Field.elementType)
        tensor.add(Field.shape) { shape in
          shape.add(Field.dimension) { $0.add(Self.batch.utf8, as: Field.parameter) }
          for extent in extents {
            shape.add(Field.dimension) { $0.add(extent, as: Field.value) }
          }
        }
      }
    }
  }
}
