import JSON
import Tensors

/// Coefficients: one for all channels, or one for each channel.
///
/// ```swift
/// let mean: Coefficients = [0.5, 0.4, 0.3]  // one for each channel; 0.4 alone would be for all
/// let layer = Normalization(mean: mean, variance: [0.25, 0.25, 0.0625])
/// let pixel: Tensor = [[0.5, 0.4, 0.8]]
/// let y = layer(pixel)  // [[0, 0, 2]]: (0.8 - 0.3) / √0.0625
/// ```
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
