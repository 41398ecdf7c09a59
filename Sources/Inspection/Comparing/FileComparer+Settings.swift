import Checkpoints
import NeuralNetwork

extension FileComparer {
  /// What a layer is called, and what does not change what it computes, is not compared.
  private static let unimportant: Set<String> = [
    "name", "dtype", "batch_input_shape", "batch_shape", "input_shape", "build_config",
    "input_layers", "output_layers",
  ]

  /// Compares what the models are made of, as far as both files say it.
  ///
  /// Weights can be the same in models that compute something else.
  mutating func addModelSettings(_ first: borrowing Inspector, _ second: borrowing Inspector) {
    let (a, b) = (first.layerSettings, second.layerSettings)
    guard !a.isEmpty, !b.isEmpty else { return }
    guard a.map(\.className) == b.map(\.className) else {
      add(
        "model/layers", .array(a.map { .string($0.className) }),
        .array(b.map { .string($0.className) }), in: "model")
      return
    }
    for (layer, other) in zip(a, b) {
      addCommon("model/\(layer.name)", layer.settings, other.settings, in: "model")
    }
  }

  /// Compares what optimizers are, as far as both files say it.
  mutating func addOptimizerSettings(_ a: OptimizerReport?, _ b: OptimizerReport?) {
    guard let a, let b else { return }
    if let first = a.className, let second = b.className {
      add("optimizer/class", .string(first), .string(second), in: "optimizer")
      guard first == second else { return }
    }
    addCommon("optimizer/options", a.options, b.options, in: "optimizer")
  }

  /// Compares the states of two runs.
  mutating func addTrainingStates(_ a: TrainingState?, _ b: TrainingState?) {
    guard let a, let b else {
      guard a != nil || b != nil else { return }
      let stated: (TrainingState?) -> JSONDocument? = { $0.map { .integer($0.globalStep) } }
      add("training_state/global_step", stated(a), stated(b), in: "training_state")
      return
    }
    for fact in FactComparison.facts("training_state", a.json, b.json, tolerance) {
      let parts = fact.name.split(separator: "/")
      let isEnvironment =
        parts.count > 1 && (parts[1] == "environment" || parts[1] == "epoch_seconds")
      if isEnvironment {
        guard !ignored.contains(fact.name, in: "training_state"),
          !ignored.contains("environment/\(parts.dropFirst(2).joined(separator: "/"))")
        else { continue }
        environment.append(fact)
      } else if !ignored.contains(fact.name, in: "training_state") {
        facts.append(fact)
      }
    }
  }

  /// Compares the members that two configurations both have; each leaves out defaults of its own.
  private mutating func addCommon(
    _ name: String, _ a: [String: JSON], _ b: [String: JSON], in section: String
  ) {
    for (key, value) in a.sorted(by: { $0.key < $1.key }) {
      guard !FileComparer.unimportant.contains(key), !key.hasSuffix("_initializer"),
        let other = b[key]
      else { continue }
      if let inner = value.object, let otherInner = other.object {
        addObjects("\(name)/\(key)", inner, otherInner, in: section)
      } else if let inner = value.array?.layers, let otherInner = other.array?.layers,
        inner.count == otherInner.count
      {
        // A model in the model.
        for (layer, otherLayer) in zip(inner, otherInner) {
          let layerName = layer["config"]?["name"]?.string ?? key
          addObjects("\(name)/\(layerName)", layer, otherLayer, in: section)
        }
      } else {
        add("\(name)/\(key)", value.comparable, other.comparable, in: section)
      }
    }
  }

  /// Compares two objects of Keras: their classes, and what they are made with.
  private mutating func addObjects(
    _ name: String, _ a: [String: JSON], _ b: [String: JSON], in section: String
  ) {
    if let first = a["class_name"], let second = b["class_name"], first != second {
      return add(name, JSONDocument(first), JSONDocument(second), in: section)
    }
    guard let config = a["config"]?.object, let otherConfig = b["config"]?.object else { return }
    addCommon(name, config, otherConfig, in: section)
  }

  private mutating func add(
    _ name: String, _ first: JSONDocument?, _ second: JSONDocument?, in section: String
  ) {
    guard !ignored.contains(name, in: section) else { return }
    facts.append(FactComparison(name, first, second, tolerance))
  }
}

extension Inspector {
  /// The layers that the file describes, with their settings.
  fileprivate var layerSettings: [(name: String, className: String, settings: [String: JSON])] {
    guard let text = try? checkpoint.modelConfiguration(), let json = try? JSON(parsing: text)
    else { return [] }
    let inner = json["config"]
    return (inner?["layers"]?.array ?? inner?.array ?? []).prefix(LayerLimits.count)
      .compactMap { entry in
        guard let className = entry["class_name"]?.string, className != "InputLayer" else {
          return nil
        }
        let settings = entry["config"]?.object ?? [:]
        return (settings["name"]?.string ?? className, className, settings)
      }
  }
}

extension [JSON] {
  /// The layers that these are, without the input; nil if they are something else.
  fileprivate var layers: [[String: JSON]]? {
    let objects = compactMap(\.object)
    guard !isEmpty, objects.count == count, objects.allSatisfy({ $0["class_name"] != nil }) else {
      return nil
    }
    return objects.filter { $0["class_name"] != .string("InputLayer") }
  }
}

extension JSON {
  /// The value with numbers as 32-bit floats: Keras writes some with the digits of a double.
  fileprivate var comparable: JSONDocument {
    switch self {
    case .integer(let value): .number(Double(Float(value)))
    case .number(let value): .number(Double(Float(value)))
    case .array(let values): .array(values.map(\.comparable))
    default: JSONDocument(self)
    }
  }
}
