import JSON

/// A reader of the Keras config of an optimizer, a loss, a metric or a schedule, in any of Keras's
/// forms.
///
/// It throws for options that would be computed differently.
///
/// It records which options were read, so that unknown ones can be reported.
package final class SettingsReader {
  /// The kind of object, such as `optimizer`.
  let kind: String

  /// The name of the class, or of a function with the same meaning.
  let className: String

  private let config: [String: JSON]
  private var known: Set<String> = []

  /// Reads the name and finds the options.
  ///
  /// - Parameters:
  ///   - json: A name; a Keras 3 object with `module`, `class_name` and `config`; a Keras 2 object
  ///     without the module; a function, or an object with a function as `fn`.
  ///   - kind: The kind of object.
  /// - Throws: ``KerasError/compilation(_:)`` for other forms.
  init(_ json: JSON, kind: String) throws(KerasError) {
    var (name, config) = (json.string ?? json["class_name"]?.string, json["config"]?.object ?? [:])
    switch name {
    case "function":
      name = json["config"]?.string
    case "LossFunctionWrapper", "MeanMetricWrapper":
      let function = config.removeValue(forKey: "fn")
      name = function?.string ?? function?["config"]?.string
    default:
      // tf_keras writes its new optimizers like custom ones.
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

  /// An option; `nil` if it is missing or `null`.
  func value(_ key: String) -> JSON? {
    known.insert(key)
    guard let value = config[key], value != .null else { return nil }
    return value
  }

  /// Whether an option exists, `null` included.
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

  /// Throws unless an option has one of the supported values.
  func require(_ key: String, _ allowed: JSON...) throws(KerasError) {
    guard let value = value(key) else { return }
    guard allowed.contains(value) else { throw notSupported(key, value) }
  }

  /// Throws for a dtype other than float32.
  func requireFloat32() throws(KerasError) {
    guard let value = value("dtype") else { return }
    // Keras 3 writes a dtype policy as an object.
    guard (value["config"]?["name"] ?? value) == .string("float32") else {
      throw notSupported("dtype", value)
    }
  }

  /// Throws for options that were not read.
  ///
  /// - Parameter harmless: Options without effect.
  /// - Throws: ``KerasError/compilation(_:)`` with the first such option.
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
  /// Creates JSON of a number that usually is an integer.
  static func count(_ value: Double) -> JSON {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}
