import NeuralNetwork
import Protobuf
import Tensors

/// An initializer: a weight of the model in the form that its node needs, or another constant.
package struct TensorProto {
  /// The elements of an initializer.
  enum Content {
    /// Numbers in single precision.
    case floats([Float])

    /// 64-bit integers, such as axes and extents.
    case integers([Int])

    /// Numbers that are computed from weights of a layer, which are read when they are written.
    case weights(Layer, [Int], form: ([Tensor]) -> Tensor)
  }

  /// The name.
  package let name: String

  /// The shape; empty for a scalar.
  package let dimensions: [Int]

  /// The elements.
  let content: Content

  private enum Field {
    static let (dimension, dataType, name, rawData) = (1, 2, 8, 9)
  }

  /// The numbers of the enumeration `DataType`.
  enum DataType {
    static let (float, shortInteger, integer, boolean) = (1, 6, 7, 9)
  }

  private var dataType: (number: Int, size: Int) {
    if case .integers = content { (DataType.integer, 8) } else { (DataType.float, 4) }
  }

  private var head: Message {
    var message = Message()
    for extent in dimensions { message.add(extent, as: Field.dimension) }
    message.add(dataType.number, as: Field.dataType)
    message.add(name.utf8, as: Field.name)
    return message
  }

  /// Whether another initializer has the same name and shape, and elements of the same origin.
  func isSame(as other: TensorProto) -> Bool {
    guard name == other.name, dimensions == other.dimensions else { return false }
    return switch (content, other.content) {
    case (.floats(let own), .floats(let others)): own == others
    case (.integers(let own), .integers(let others)): own == others
    case (.weights(let layer, let indices, _), .weights(let otherLayer, let otherIndices, _)):
      layer === otherLayer && indices == otherIndices
    default: false
    }
  }

  /// The size of the message in bytes.
  var size: Int {
    let count = dimensions.reduce(1, *)
    return head.bytes.count
      + Message.size(ofField: Field.rawData, length: count * dataType.size)
  }

  /// Adds the fields to a message.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - weight: Returns the weight of a layer at an index.
  /// - Throws: The error of `weight`.
  func encode<Failure: Error>(
    to message: inout Message, reading weight: (Layer, Int) throws(Failure) -> Tensor
  ) throws(Failure) {
    message.append(head.bytes)
    switch content {
    case .integers(let numbers): message.add(rawData: numbers.map(Int64.init), as: Field.rawData)
    case .floats(let numbers):
      message.add(rawData: numbers.lazy.map(\.bitPattern), as: Field.rawData)
    case .weights(let layer, let indices, let form):
      var weights: [Tensor] = []
      for index in indices { weights.append(try weight(layer, index)) }
      message.add(rawData: form(weights).scalars.lazy.map(\.bitPattern), as: Field.rawData)
    }
  }
}
