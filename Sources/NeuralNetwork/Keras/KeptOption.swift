import JSON

/// An option that a layer keeps to write it back: an initializer, a regularizer, a constraint or a
/// seed.
///
/// Training applies regularizers and constraints.
struct KeptOption: Hashable, Sendable {
  private enum Kind: String, CaseIterable {
    case initializer, regularizer, constraint, seed
  }

  private let key: String
  private let kind: Kind
  private let value: JSON

  /// Creates a kept option; `nil` if the option is of another kind, or not only a name with plain
  /// options, such as code.
  ///
  /// - Parameters:
  ///   - key: The name of the option, such as `kernel_initializer`.
  ///   - value: The option in the form of any Keras generation.
  init?(_ key: String, _ value: JSON) {
    guard let kind = Kind.allCases.first(where: { key == $0.rawValue || key.hasSuffix("_\($0)") })
    else { return nil }
    self.key = key
    self.kind = kind
    if kind == .seed {
      // Keras 3 writes a seed generator as an object.
      let seed = value["config"]?["seed"] ?? (value.object == nil ? value : .null)
      guard let plain = seed.plainValue else { return nil }
      self.value = plain
    } else {
      guard let plain = value.plainValue else { return nil }
      self.value = Self.minimal(plain)
    }
  }

  /// Keeps a regularizer of a weight.
  init(_ regularizer: Regularizer, of weight: String) {
    (key, kind, value) = ("\(weight)_regularizer", .regularizer, regularizer.kerasConfig)
  }

  /// Keeps a constraint of a weight.
  init(_ constraint: Constraint, of weight: String) {
    (key, kind, value) = ("\(weight)_constraint", .constraint, constraint.kerasConfig)
  }

  /// The weight of which it is an option, such as `kernel`; `recurrent` is the recurrent kernel,
  /// and `activity` the outputs.
  var weight: String { String(key.dropLast(kind.rawValue.count + 1)) }

  /// The regularizer; `nil` if it is none, or none that Cairn knows.
  var regularizer: Regularizer? { kind == .regularizer ? Regularizer(keras: value) : nil }

  /// The constraint; `nil` if it is none, or none that Cairn knows.
  var constraint: Constraint? { kind == .constraint ? Constraint(keras: value) : nil }

  /// Whether Keras applies the option in training, unlike Cairn.
  ///
  /// These are regularizers and constraints of other classes.
  var isMissedInTraining: Bool {
    switch kind {
    case .initializer, .seed: false
    case .regularizer: regularizer == nil
    case .constraint: constraint == nil
    }
  }

  /// Whether the option equals Keras's default.
  ///
  /// - Parameter initializers: Keras's defaults of the initializers.
  /// - Returns: Whether they are equal.
  func isDefault(_ initializers: [String: String]) -> Bool {
    if value == .null { return true }
    guard kind == .initializer, value["config"]?.object?.isEmpty ?? true else {
      // The form of `glorot_uniform` in Keras 2.0 to 2.2.
      return Self.glorot == value && initializers[key] == "glorot_uniform"
    }
    return (value.string ?? value["class_name"]?.string)?.snakeCased == initializers[key]
  }

  private static let glorot: JSON = .object([
    "class_name": .string("VarianceScaling"),
    "config": .object([
      "scale": .number(1.0 as Double), "mode": .string("fan_avg"),
      "distribution": .string("uniform"),
    ]),
  ])

  /// The option in the form of a dialect.
  ///
  /// - Parameter dialect: The form of the config.
  /// - Returns: An object with or without a module, or the unchanged value.
  func json(_ dialect: KerasDialect) -> JSON {
    guard var object = value.object, object["class_name"] != nil else { return value }
    if dialect == .keras2, var config = object["config"]?.object {
      // Keras 3.14 introduced the axes of an initializer.
      config["input_axes"] = nil
      config["output_axes"] = nil
      object["config"] = .object(config)
    }
    if dialect == .archive {
      object["module"] = object["module"] ?? .string("keras.\(kind.rawValue)s")
      object["registered_name"] = object["registered_name"] ?? .null
    }
    return .object(object)
  }

  /// The object without keys that have no effect and that only some Keras versions accept.
  private static func minimal(_ value: JSON) -> JSON {
    guard var object = value.object, object["class_name"] != nil else { return value }
    // The module matters only for custom classes.
    if object["registered_name"] ?? .null == .null || object["module"].isOfKeras {
      object["module"] = nil
      object["registered_name"] = nil
    }
    object["shared_object_id"] = nil
    object["build_config"] = nil
    // A function has a name there.
    if object["config"]?.string != nil { return .object(object) }
    var config = object["config"]?.object ?? [:]
    // TensorFlow 2.0 wrote a dtype that Keras 3 rejects.
    config["dtype"] = nil
    if let seed = config["seed"], seed.object != nil { config["seed"] = seed["config"]?["seed"] }
    object["config"] = .object(config.filter { $0.value != .null })
    return .object(object)
  }
}

extension JSON? {
  fileprivate var isOfKeras: Bool {
    self?.string?.isModuleOfKeras ?? false
  }
}
