import JSON

/// The forms in which Keras writes an optimizer, a loss, a metric or a schedule.
extension OptionReader {
  /// Reads the name and finds the options.
  ///
  /// - Parameters:
  ///   - json: A name; a Keras 3 object with `module`, `class_name` and `config`; a Keras 2 object
  ///     without the module; a function, or an object with a function as `fn`.
  ///   - kind: The kind of object.
  /// - Throws: ``KerasError/compilation(_:)`` for other forms.
  init(_ json: JSON, kind: String) throws(KerasError) {
    guard json["module"]?.string?.isModuleOfKeras ?? true else {
      throw .compilation("the \(kind) is of another module: \(json.excerpt)")
    }
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
      throw .compilation("the \(kind) has no name: \(json.excerpt)")
    }
    self.init(owner: .object(kind: kind, name: name), config: config)
  }

  /// Throws for a dtype other than float32.
  func requireFloat32() throws(KerasError) {
    guard let value = config["dtype"] else { return }
    // Keras 3 writes a dtype policy as an object.
    guard (value["config"]?["name"] ?? value) == .string("float32") else {
      throw notSupported("dtype", value)
    }
  }

  /// The error for a class that is not supported.
  func unsupported(_ supported: some Sequence<String>) -> KerasError {
    guard case .object(let kind, let name) = owner else {
      return .unsupportedLayer(className: name, name: name)
    }
    return .compilation(
      "the \(kind) '\(name)' is not supported; these are: "
        + supported.sorted().joined(separator: ", "))
  }
}
