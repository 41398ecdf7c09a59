/// Reads an optimizer, a loss, a metric or a schedule from a file, in all forms that Keras gives them,
/// and refuses what would be computed differently.
///
/// It remembers which options were asked for, so that those that nobody knows can be named.
package final class SettingsReader {
  /// What is read, such as `optimizer`.
  let kind: String

  /// The name of the class, or of a function that stands for one.
  let className: String

  private let config: [String: JSON]
  private var known: Set<String> = []

  /// Reads the name, and where the options are.
  ///
  /// - Parameters:
  ///   - json: A name; a Keras 3 object with `module`, `class_name` and `config`; an object of Keras 2
  ///     without the module; a function, or an object that holds one as `fn`.
  ///   - kind: What is read.
  /// - Throws: ``KerasError/compilation(_:)`` if it is none of these.
  init(_ json: JSON, kind: String) throws(KerasError) {
    var (name, config) = (json.string ?? json["class_name"]?.string, json["config"]?.object ?? [:])
    switch name {
    case "function":
      name = json["config"]?.string
    case "LossFunctionWrapper", "MeanMetricWrapper":
      let function = config.removeValue(forKey: "fn")
      name = function?.string ?? function?["config"]?.string
    default:
      // tf_keras writes the optimizers that are not its old ones as those of a user.
      if let rest = name?.split(separator: ">"), rest.count == 2, rest[0] == "Custom" {
        name = String(rest[1])
      }
    }
    guard let name, !name.isEmpty else {
      throw .compilation("the \(kind) has no name: \(json.text.prefix(80))")
    }
    self.kind = kind
    self.className = name
    self.config = config
  }

  // MARK: - Options

  /// An option, if it is there and not `null`.
  func value(_ key: String) -> JSON? {
    known.insert(key)
    guard let value = config[key], value != .null else { return nil }
    return value
  }

  /// Whether an option is there, `null` or not.
  func has(_ key: String) -> Bool { config[key] != nil }

  func optionalNumber(
    _ key: String, in range: ClosedRange<Double> = -1e30...1e30
  ) throws(KerasError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value.number, range.contains(number) else {
      throw problem(
        key,
        "is not a number\(range.lowerBound == -1e30 ? "" : " in \(range.description)")")
    }
    return number
  }

  func number(
    _ key: String, default fallback: Double? = nil, in range: ClosedRange<Double> = -1e30...1e30
  ) throws(KerasError) -> Double {
    guard let number = try optionalNumber(key, in: range) ?? fallback else {
      throw problem(key, "is missing")
    }
    return number
  }

  func positiveNumber(_ key: String, default fallback: Double? = nil) throws(KerasError) -> Double {
    try number(key, default: fallback, in: 1e-30...1e30)
  }

  func numbers(_ key: String) throws(KerasError) -> [Double] {
    let numbers = value(key)?.array?.map(\.number) ?? []
    let known = numbers.compactMap { $0 }.filter { abs($0) <= 1e30 }
    guard !known.isEmpty, known.count == numbers.count else {
      throw problem(key, "is not a list of numbers")
    }
    return known
  }

  func optionalCount(_ key: String) throws(KerasError) -> Int? {
    guard let value = value(key) else { return nil }
    guard let count = value.integer, (1...Int(Int32.max)).contains(count) else {
      throw problem(key, "is not a whole number above 0")
    }
    return count
  }

  func bool(_ key: String, default fallback: Bool) throws(KerasError) -> Bool {
    guard let value = value(key) else { return fallback }
    guard let bool = value.truth else { throw problem(key, "is neither true nor false") }
    return bool
  }

  /// Refuses an option that is supported with one value only.
  func require(_ key: String, _ allowed: JSON...) throws(KerasError) {
    guard let value = value(key) else { return }
    guard allowed.contains(value) else { throw notSupported(key, value) }
  }

  /// Refuses another type of numbers than ours.
  func requireFloat32() throws(KerasError) {
    guard let value = value("dtype") else { return }
    // Keras 3 writes a policy as an object.
    guard (value["config"]?["name"] ?? value) == .string("float32") else {
      throw notSupported("dtype", value)
    }
  }

  /// Refuses options that nobody asked for.
  ///
  /// - Parameter harmless: Options that change nothing.
  /// - Throws: ``KerasError/compilation(_:)`` with the first option that is left.
  func checkAllWereRead(but harmless: Set<String>) throws(KerasError) {
    for (key, value) in config.sorted(by: { $0.key < $1.key }) where value != .null {
      guard known.contains(key) || harmless.contains(key) else { throw notSupported(key, value) }
    }
  }

  // MARK: - Problems

  func problem(_ key: String, _ problem: String) -> KerasError {
    .compilation("the option '\(key)' of the \(kind) \(className) \(problem)")
  }

  func notSupported(_ key: String, _ value: JSON) -> KerasError {
    problem(key, "is \(value.text.prefix(80)), which is not supported")
  }

  /// The error for a class that is not supported.
  func unsupported(_ supported: some Sequence<String>) -> KerasError {
    .compilation(
      "the \(kind) '\(className)' is not supported; these are: "
        + supported.sorted().joined(separator: ", "))
  }
}

extension JSON {
  /// A number that usually is whole.
  static func count(_ value: Double) -> JSON {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}
