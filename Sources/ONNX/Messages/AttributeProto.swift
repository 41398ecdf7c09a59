import Protobuf

/// An attribute of a node.
package struct AttributeProto: Equatable {
  /// The value of an attribute.
  package enum Value: Equatable {
    /// A number in single precision.
    case float(Float)

    /// An integer.
    case integer(Int)

    /// A text.
    case string(String)

    /// A list of integers.
    case integers([Int])
  }

  /// The name of the attribute.
  package let name: String

  /// The value.
  package let value: Value

  /// Creates an attribute.
  init(_ name: String, _ value: Value) {
    (self.name, self.value) = (name, value)
  }

  private enum Field {
    static let (name, float, integer, string, integers, type) = (1, 2, 3, 4, 8, 20)
  }

  /// The numbers of the enumeration `AttributeType`.
  private enum Kind {
    static let (float, integer, string, integers) = (1, 2, 3, 7)
  }

  /// Adds the fields to a message.
  func encode(to message: inout Message) {
    message.add(name.utf8, as: Field.name)
    switch value {
    case .float(let number):
      message.add(number, as: Field.float)
      message.add(Kind.float, as: Field.type)
    case .integer(let number):
      message.add(number, as: Field.integer)
      message.add(Kind.integer, as: Field.type)
    case .string(let text):
      message.add(text.utf8, as: Field.string)
      message.add(Kind.string, as: Field.type)
    case .integers(let numbers):
      for number in numbers { message.add(number, as: Field.integers) }
      message.add(Kind.integers, as: Field.type)
    }
  }
}
