import JSON
import Tensors

extension ConfigReader {
  /// The largest valid number; larger ones would be infinite in single precision.
  private static let greatest = Double(Float.greatestFiniteMagnitude)

  /// Reads a number; `fallback` is its default if it is missing or `null`.
  func number(
    _ key: String, default fallback: Double, in range: PartialRangeFrom<Double>
  ) throws(KerasError) -> Double {
    try optionalNumber(key, in: range) ?? fallback
  }

  /// Reads an optional number.
  func optionalNumber(
    _ key: String, in range: PartialRangeFrom<Double>
  ) throws(KerasError) -> Double? {
    guard let value = config[key]?.withoutNumPy else { return nil }
    guard let number = value.number, range.contains(number), number <= Self.greatest else {
      let lowest = JSON.number(range.lowerBound).text
      throw .option(layer: layer, key: key, problem: "is not a number of at least \(lowest)")
    }
    return number
  }

  /// Reads a number from 0 to 1.
  func fraction(_ key: String, default fallback: Double) throws(KerasError) -> Double {
    guard let value = config[key] else { return fallback }
    guard let number = value.number, (0...1).contains(number) else {
      throw .option(layer: layer, key: key, problem: "is not a number in 0...1")
    }
    return number
  }

  /// Reads one number for all channels, or a list with one for each: plain, as a tuple or as a
  /// NumPy array.
  func coefficients(_ key: String) throws(KerasError) -> Coefficients? {
    guard let value = config[key]?.withoutNumPy else { return nil }
    func isFinite(_ number: Double) -> Bool { number.magnitude <= Self.greatest }
    if let number = value.number, isFinite(number) { return .scalar(number) }
    guard let numbers = value.array?.map(\.number), (1...Limit.units).contains(numbers.count),
      numbers.allSatisfy({ $0.map(isFinite) ?? false })
    else {
      throw .option(layer: layer, key: key, problem: "is neither a number nor a list of numbers")
    }
    return .list(numbers.compactMap { $0 })
  }

  /// Reads an integer or a list of at most 8 integers; `nil` if the option is missing or `null`.
  func integers(_ key: String, in range: ClosedRange<Int>) throws(KerasError) -> [Int]? {
    guard let value = config[key]?.withoutNumPy else { return nil }
    let numbers = value.array?.map(\.integer) ?? [value.integer]
    guard numbers.count <= 8, numbers.allSatisfy({ $0.map(range.contains) ?? false }) else {
      throw .option(
        layer: layer, key: key,
        problem: "is not at most 8 whole numbers in \(range.lowerBound)...\(range.upperBound)")
    }
    return numbers.compactMap { $0 }
  }

  /// Reads a single axis, from a number or a list of one.
  func axis(_ key: String = "axis", default fallback: Int = -1) throws(KerasError) -> Int {
    guard let axes = try integers(key, in: -8...8) else { return fallback }
    guard axes.count == 1 else {
      throw .option(layer: layer, key: key, problem: "is not a single axis")
    }
    return axes[0]
  }
}

extension JSON {
  /// The value without Keras's wrapper for NumPy arrays and tuples.
  ///
  /// Keras 3 writes `{"class_name": "__numpy__", "config": {"value": 6.0}}`, Keras 2 `{"type":
  /// "ndarray", "value": 6.0}`, tf_keras `{"class_name": "__tuple__", "items": [1, 2]}`.
  var withoutNumPy: JSON {
    if ["__numpy__", "__tuple__"].contains(self["class_name"]?.string) {
      return self["config"]?["value"] ?? self["items"] ?? self
    }
    return self["type"] == nil ? self : self["value"] ?? self
  }

  /// The number in JSON; integers are written without a fraction.
  static func option(_ number: Double) -> JSON {
    Int(exactly: number).map(JSON.integer) ?? .number(number)
  }
}
