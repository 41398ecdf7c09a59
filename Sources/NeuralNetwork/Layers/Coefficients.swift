import Tensors

/// One number for all channels, or one for each of them.
public enum Coefficients: Hashable, Sendable {
  /// One number for all channels.
  case scalar(Double)

  /// A number for each channel.
  case list([Double])

  /// The numbers.
  var values: [Double] {
    switch self {
    case .scalar(let value): [value]
    case .list(let values): values
    }
  }

  /// The number of channels, if it matters.
  var channels: Int? {
    guard case .list(let values) = self, values.count != 1 else { return nil }
    return values.count
  }

  /// The numbers as Keras writes them.
  var json: JSON {
    switch self {
    case .scalar(let value): .option(value)
    case .list(let values): .array(values.map(JSON.option))
    }
  }
}

extension Coefficients: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// One number for all channels.
  public init(floatLiteral value: Double) { self = .scalar(value) }

  /// One number for all channels.
  public init(integerLiteral value: Int) { self = .scalar(Double(value)) }

  /// A number for each channel.
  public init(arrayLiteral elements: Double...) { self = .list(elements) }
}
