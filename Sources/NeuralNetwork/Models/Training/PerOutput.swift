/// Values for the outputs of a model, such as losses or metrics.
///
/// ```swift
/// model.compile(
///   optimizer: Adam(),
///   losses: [
///     "kind": SparseCategoricalCrossentropy(fromLogits: true), "price": MeanSquaredError(),
///   ],
///   lossWeights: ["kind": 1, "price": 0.5], metrics: ["kind": [AutomaticAccuracy()]])
/// ```
public enum PerOutput<Value>: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// One value, which all outputs share.
  case all(Value)

  /// One value for each output, in their order; `nil` for outputs without one.
  case list([Value?])

  /// The values of some outputs, by the names of the outputs.
  case named([String: Value])

  /// Creates a list with one value for each output.
  public init(arrayLiteral elements: Value?...) { self = .list(elements) }

  /// Creates a dictionary of values by the names of outputs.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self = .named(Dictionary(elements) { $1 })
  }

  /// All values.
  var values: [Value] {
    switch self {
    case .all(let value): [value]
    case .list(let values): values.compactMap(\.self)
    case .named(let values): values.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// The value of each output.
  ///
  /// - Parameter names: The names of the outputs.
  /// - Returns: A value or `nil` for each; `nil` if the values do not fit the outputs.
  func values(for names: [String]) -> [Value?]? {
    switch self {
    case .all(let value): return names.map { _ in value }
    case .list(let values): return values.count == names.count ? values : nil
    case .named(let values):
      // Files may name the only output otherwise.
      if names.count == 1, values.count == 1 { return Array(values.values) }
      guard values.keys.allSatisfy(names.contains) else { return nil }
      return names.map { values[$0] }
    }
  }

  /// The values as they are described in error messages.
  var contents: String {
    switch self {
    case .all: "one for all outputs"
    case .list(let values): "\(values.count)"
    case .named(let values): "those of \(values.keys.sorted())"
    }
  }
}

extension PerOutput: Sendable where Value: Sendable {}
