import JSON
import Tensors

extension OptionReader {
  /// The largest valid number; larger ones would be infinite in single precision.
  private static let greatest = Double(Float.greatestFiniteMagnitude)

  /// Reads an optional number.
  func optionalNumber(
    _ key: String, in range: ClosedRange<Double> = -1e30...1e30
  ) throws(KerasError) -> Double? {
    let bounds = "\(JSON.option(range.lowerBound).text)...\(JSON.option(range.upperBound).text)"
    return try optionalNumber(
      key, in: range, as: range == -1e30...1e30 ? "a number" : "a number in \(bounds)")
  }

  /// Reads an optional number with a lower bound.
  func optionalNumber(
    _ key: String, in range: PartialRangeFrom<Double>
  ) throws(KerasError) -> Double? {
    try optionalNumber(
      key, in: range.lowerBound...Self.greatest,
      as: "a number of at least \(JSON.number(range.lowerBound).text)")
  }

  private func optionalNumber(
    _ key: String, in range: ClosedRange<Double>, as expected: String
  ) throws(KerasError) -> Double? {
    guard let value = config[key]?.withoutNumPy else { return nil }
    guard let number = value.number, range.contains(number) else {
      throw invalid(key, "is not \(expected)")
    }
    return number
  }

  /// Reads a number with a lower bound; `fallback` is its default if it is missing or `null`.
  func number(
    _ key: String, default fallback: Double, in range: PartialRangeFrom<Double>
  ) throws(KerasError) -> Double {
    try optionalNumber(key, in: range) ?? fallback
  }

  /// Reads a number; without a `fallback`, it must exist.
  func number(
    _ key: String, default fallback: Double? = nil, in range: ClosedRange<Double> = -1e30...1e30
  ) throws(KerasError) -> Double {
    guard let number = try optionalNumber(key, in: range) ?? fallback else {
      throw invalid(key, "is missing")
    }
    return number
  }

  /// Reads a number greater than 0.
  func positiveNumber(_ key: String, default fallback: Double? = nil) throws(KerasError) -> Double {
    try number(key, default: fallback, in: 1e-30...1e30)
  }

  /// Reads a number from 0 to 1.
  func fraction(_ key: String, default fallback: Double) throws(KerasError) -> Double {
    try number(key, default: fallback, in: 0...1)
  }

  /// Reads a list of at least one number.
  func numbers(_ key: String) throws(KerasError) -> [Double] {
    let numbers = config[key]?.array?.map(\.number) ?? []
    let known = numbers.compactMap { $0 }.filter { abs($0) <= 1e30 }
    guard !known.isEmpty, known.count == numbers.count else {
      throw invalid(key, "is not a list of numbers")
    }
    return known
  }

  /// Reads an optional whole number above 0.
  func optionalCount(_ key: String) throws(KerasError) -> Int? {
    guard let value = config[key] else { return nil }
    guard let count = value.integer, (1...Int(Int32.max)).contains(count) else {
      throw invalid(key, "is not a whole number above 0")
    }
    return count
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
      throw invalid(key, "is neither a number nor a list of numbers")
    }
    return .list(numbers.compactMap { $0 })
  }

  /// Reads an integer or a list of at most 8 integers; `nil` if the option is missing or `null`.
  func integers(_ key: String, in range: ClosedRange<Int>) throws(KerasError) -> [Int]? {
    guard let value = config[key]?.withoutNumPy else { return nil }
    let numbers = value.array?.map(\.integer) ?? [value.integer]
    guard numbers.count <= 8, numbers.allSatisfy({ $0.map(range.contains) ?? false }) else {
      throw invalid(
        key, "is not at most 8 whole numbers in \(range.lowerBound)...\(range.upperBound)",
        above: range.upperBound)
    }
    return numbers.compactMap { $0 }
  }

  /// Reads a single axis, from a number or a list of one.
  func axis(_ key: String = "axis", default fallback: Int = -1) throws(KerasError) -> Int {
    guard let axes = try integers(key, in: -8...8) else { return fallback }
    guard axes.count == 1 else {
      throw invalid(key, "is not a single axis")
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

  /// Creates JSON of a number that usually is an integer.
  static func count(_ value: Double) -> JSON { option(value) }
}
