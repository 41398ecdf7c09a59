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

    /// A list of numbers in single precision.
    case floats([Float])

    /// A list of integers.
    case integers([Int])

    /// A list of texts.
    case strings([String])
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
    static let (name, float, integer, string, floats, integers, strings) = (1, 2, 3, 4, 7, 8, 9)
    static let type = 20
  }

  /// The numbers of the enumeration `AttributeType`.
  private enum Kind {
    static let (float, integer, string, floats, integers, strings) = (1, 2, 3, 6, 7, 8)
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
    case .floats(let numbers):
      for number in numbers { message.add(number, as: Field.floats) }
      message.add(Kind.floats, as: Field.type)
    case .integers(let numbers):
      for number in numbers { message.add(number, as: Field.integers) }
      message.add(Kind.integers, as: Field.type)
    case .strings(let texts):
      for text in texts { message.add(text.utf8, as: Field.strings) }
      message.add(Kind.strings, as: Field.type)
    }
  }
}
