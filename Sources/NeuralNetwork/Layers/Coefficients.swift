import JSON
import Tensors

/// Coefficients: one for all channels, or one for each channel.
public enum Coefficients: Hashable, Sendable {
  /// One number for all channels.
  case scalar(Double)

  /// One number for each channel.
  case list([Double])

  /// The numbers.
  var values: [Double] {
    switch self {
    case .scalar(let value): [value]
    case .list(let values): values
    }
  }

  /// The number of channels; `nil` for a single number.
  var channels: Int? {
    guard case .list(let values) = self, values.count != 1 else { return nil }
    return values.count
  }

  /// The numbers in Keras's form.
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

  /// One number for each channel.
  public init(arrayLiteral elements: Double...) { self = .list(elements) }
}
