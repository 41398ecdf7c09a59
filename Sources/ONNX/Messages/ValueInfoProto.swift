import Protobuf

/// The name and shape of a value: 32-bit floats for any number of examples.
package struct ValueInfoProto {
  /// The name.
  package let name: String

  /// The extents, without the batch axis; `nil` for those that are free.
  package let extents: [Int?]

  /// The name of the extent of the batch axis, which is free.
  let batch: String

  /// The name of the extent of the model's batch axis.
  static let batch = "N"

  /// Creates a description.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - extents: The extents, without the batch axis; `nil` for those that are free.
  ///   - batch: The name of the extent of the batch axis.
  init(name: String, extents: [Int?], batch: String = Self.batch) {
    (self.name, self.extents, self.batch) = (name, extents, batch)
  }

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
          shape.add(Field.dimension) { $0.add(batch.utf8, as: Field.parameter) }
          for (index, extent) in extents.enumerated() {
            shape.add(Field.dimension) { dimension in
              if let extent {
                dimension.add(extent, as: Field.value)
              } else {
                // Free extents of two values need not be equal, so that each has a name of its own.
                dimension.add("\(name)_axis\(index + 1)".utf8, as: Field.parameter)
              }
            }
          }
        }
      }
    }
  }
}
