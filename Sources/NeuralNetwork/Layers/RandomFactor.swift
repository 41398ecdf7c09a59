import JSON
import Preconditions
import Tensors

/// The range of a random factor of an augmentation layer.
///
/// ```swift
/// let symmetric: RandomFactor = 0.1  // from -0.1 to 0.1
/// let oneSided = RandomFactor.between(0, 0.1)
/// let model = Sequential([RandomRotation(symmetric), RandomTranslation(oneSided, symmetric)])
/// ```
public enum RandomFactor: Hashable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral
{
  /// A number f, which stands for −f to f.
  case upTo(Double)

  /// A lower and an upper bound.
  case between(Double, Double)

  /// Creates the range from −value to value.
  public init(floatLiteral value: Double) { self = .upTo(value) }

  /// Creates the range from −value to value.
  public init(integerLiteral value: Int) { self = .upTo(Double(value)) }

  /// The bounds, in ascending order.
  var bounds: Range<Float> {
    switch self {
    case .upTo(let bound): Float(-bound.magnitude)..<Float(bound.magnitude)
    case .between(let first, let second): Float(min(first, second))..<Float(max(first, second))
    }
  }

  /// The numbers as written.
  var numbers: [Double] {
    switch self {
    case .upTo(let bound): [bound]
    case .between(let first, let second): [first, second]
    }
  }

  /// The factor in Keras's form: a number, or a list of two.
  var json: JSON {
    switch self {
    case .upTo(let bound): .option(bound)
    case .between(let first, let second): .array([.option(first), .option(second)])
    }
  }

  /// Stops the program unless all numbers are in a range.
  func requireNumbers(
    in range: ClosedRange<Double>, _ layer: String, _ argument: String, file: StaticString,
    line: UInt
  ) {
    require(
      numbers.allSatisfy(range.contains),
      """
      \(layer): `\(argument)` must be from \(JSON.option(range.lowerBound).text) to \
      \(JSON.option(range.upperBound).text), but is \(json.text).
      """, file: file, line: line)
  }
}

extension OptionReader {
  /// Reads the range of a random factor; `nil` if the option is missing or `null`.
  ///
  /// - Parameters:
  ///   - key: The name of the option.
  ///   - range: The valid numbers.
  /// - Returns: The range.
  /// - Throws: ``KerasError/option(layer:key:problem:)`` if the value is invalid.
  func factor(_ key: String, in range: ClosedRange<Double>) throws(KerasError) -> RandomFactor? {
    guard let value = config[key]?.withoutNumPy else { return nil }
    let numbers = (value.array ?? [value]).map { $0.withoutNumPy.number }
    let valid = numbers.compactMap { $0 }.filter(range.contains)
    guard valid.count == numbers.count, (1...2).contains(valid.count),
      value.array == nil || valid.count == 2
    else {
      let (lower, upper) = (JSON.option(range.lowerBound), JSON.option(range.upperBound))
      throw invalid(key, "is not one or two numbers in \(lower.text)...\(upper.text)")
    }
    return valid.count == 1 ? .upTo(valid[0]) : .between(valid[0], valid[1])
  }

  /// Reads the range of a random factor, which must exist.
  func requiredFactor(
    _ key: String, in range: ClosedRange<Double>
  ) throws(KerasError) -> RandomFactor {
    guard let factor = try factor(key, in: range) else { throw invalid(key, "is missing") }
    return factor
  }

  /// Reads the range of pixel values; 0 to 255 by default.
  func valueRange() throws(KerasError) -> ClosedRange<Double> {
    guard let value = config["value_range"]?.withoutNumPy else { return 0...255 }
    let numbers = (value.array ?? []).compactMap { $0.withoutNumPy.number }
    guard numbers.count == 2, value.array?.count == 2, numbers[0] <= numbers[1],
      numbers.allSatisfy({ $0.magnitude <= 1e30 })
    else {
      throw invalid("value_range", "is not two numbers in ascending order")
    }
    return numbers[0]...numbers[1]
  }
}
