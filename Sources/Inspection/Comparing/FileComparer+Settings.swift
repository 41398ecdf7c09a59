import Checkpoints
import JSON
import ModelFiles
import NeuralNetwork

extension FileComparer {
  /// Options that do not affect what a layer computes.
  private static let unimportant: Set<String> = [
    "name", "dtype", "batch_input_shape", "batch_shape", "input_shape", "build_config",
    "input_layers", "output_layers",
  ]

  /// Compares the layers and their options, as far as both files contain them.
  ///
  /// Models with the same weights can compute different results.
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
      addLayer(
        "model/\(layer.name)", layer.className, layer.settings, other.settings,
        ranks: (layer.rank, other.rank))
    }
  }

  /// Compares the classes and options of optimizers, as far as both files contain them.
  mutating func addOptimizerSettings(_ a: OptimizerReport?, _ b: OptimizerReport?) {
    guard let a, let b else { return }
    if let first = a.className, let second = b.className {
      add("optimizer/class", .string(first), .string(second), in: "optimizer")
      guard first == second else { return }
    }
    func meaning(_ options: JSON.Object) -> JSON.Object? {
      guard let className = a.className else { return nil }
      let config = JSON.object(["class_name": .string(className), "config": .object(options)])
      return (try? Optimizer.make(kerasConfig: config))?.config
    }
    addSettings(
      "optimizer/options", a.options, b.options, meaning(a.options), meaning(b.options),
      in: "optimizer")
  }

  /// Compares the training states of two runs.
  mutating func addTrainingStates(_ a: TrainingState?, _ b: TrainingState?) {
    guard let a, let b else {
      guard a != nil || b != nil else { return }
      let stated: (TrainingState?) -> JSON? = { $0.map { .integer($0.globalStep) } }
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

  /// Compares how pictures are prepared and what the classes are called.
  mutating func addPictures(_ a: PictureConfig?, _ b: PictureConfig?) {
    guard a != nil || b != nil else { return }
    for fact in FactComparison.facts("pictures", a?.json, b?.json, tolerance)
    where !ignored.contains(fact.name, in: "pictures") { facts.append(fact) }
  }

  /// Compares the options of two layers of the same class.
  ///
  /// - Parameters:
  ///   - name: The name of the layer.
  ///   - className: The class of both.
  ///   - a: The config in the first file.
  ///   - b: The config in the second file.
  ///   - ranks: The number of axes of each layer's output, with the batch axis; `nil` if unknown.
  private mutating func addLayer(
    _ name: String, _ className: String, _ a: JSON.Object, _ b: JSON.Object,
    ranks: (Int?, Int?) = (nil, nil)
  ) {
    func meaning(_ settings: JSON.Object, _ rank: Int?) -> JSON.Object? {
      (try? Layer.make(className: className, config: .object(settings)))?.config
        .withoutLastAxis(ofRank: rank)
    }
    addSettings(name, a, b, meaning(a, ranks.0), meaning(b, ranks.1), in: "model")
  }

  /// Compares two configs by meaning: missing options have their defaults, and Keras 2 and Keras 3
  /// write some options in different forms.
  ///
  /// - Parameters:
  ///   - name: The name of the configured object.
  ///   - a: The config in the first file.
  ///   - b: The config in the second file.
  ///   - meaningA: The options of the first config that differ from their defaults; `nil` if it is
  ///     not supported.
  ///   - meaningB: The same for the second config.
  ///   - section: The section of the comparison.
  private mutating func addSettings(
    _ name: String, _ a: JSON.Object, _ b: JSON.Object, _ meaningA: JSON.Object?,
    _ meaningB: JSON.Object?, in section: String
  ) {
    guard let meaningA, let meaningB else { return addCommon(name, a, b, in: section) }
    let own = Set(meaningA.keys).union(meaningB.keys).intersection(Set(a.keys).union(b.keys))
    let common = Set(a.keys).intersection(b.keys)
    for key in own.union(common).subtracting(FileComparer.unimportant).sorted() {
      guard own.contains(key) || FileComparer.isPlain(key) else {
        if !key.hasSuffix("_initializer") {
          addCommon(name, a.only(key), b.only(key), in: section)
        }
        continue
      }
      let isEqual = meaningA[key]?.meaning == meaningB[key]?.meaning
      let (first, second) = (meaningA[key] ?? a[key], meaningB[key] ?? b[key])
      add(
        "\(name)/\(key)", (isEqual ? first ?? second : first)?.comparable,
        (isEqual ? first ?? second : second)?.comparable, in: section)
    }
  }

  /// Whether a missing option means its default, because the layer supports the option.
  private static func isPlain(_ key: String) -> Bool {
    !["_initializer", "_regularizer", "_constraint"].contains(where: key.hasSuffix)
      && !["layers", "trainable"].contains(key)
  }

  /// Compares the options that both configs contain; each may omit defaults of its own.
  private mutating func addCommon(
    _ name: String, _ a: JSON.Object, _ b: JSON.Object, in section: String
  ) {
    for (key, value) in a.sorted(by: { $0.key < $1.key }) {
      guard !FileComparer.unimportant.contains(key), !key.hasSuffix("_initializer"),
        let other = b[key]
      else { continue }
      if value.meaning == other.meaning {
        add("\(name)/\(key)", value.comparable, value.comparable, in: section)
      } else if let inner = value.object, let otherInner = other.object {
        addObjects("\(name)/\(key)", inner, otherInner, in: section)
      } else if let inner = value.array?.layers, let otherInner = other.array?.layers,
        inner.count == otherInner.count
      {
        // A nested model.
        for (layer, otherLayer) in zip(inner, otherInner) {
          let layerName = layer["config"]?["name"]?.string ?? key
          addObjects("\(name)/\(layerName)", layer, otherLayer, in: section)
        }
      } else {
        add("\(name)/\(key)", value.comparable, other.comparable, in: section)
      }
    }
  }

  /// Compares two Keras objects: their classes and their configs.
  private mutating func addObjects(
    _ name: String, _ a: JSON.Object, _ b: JSON.Object, in section: String
  ) {
    if let first = a["class_name"], let second = b["class_name"], first != second {
      return add(name, first.sortingKeys(), second.sortingKeys(), in: section)
    }
    guard let config = a["config"]?.object, let otherConfig = b["config"]?.object else { return }
    if section == "model", let className = a["class_name"]?.string {
      addLayer(name, className, config, otherConfig)
    } else {
      addCommon(name, config, otherConfig, in: section)
    }
  }

  private mutating func add(
    _ name: String, _ first: JSON?, _ second: JSON?, in section: String
  ) {
    guard !ignored.contains(name, in: section) else { return }
    facts.append(FactComparison(name, first, second, tolerance))
  }
}

extension Inspector {
  /// The layers that the file describes, with their options.
  fileprivate var layerSettings:
    [(name: String, className: String, settings: JSON.Object, rank: Int?)]
  {
    let shapes = Dictionary(
      (report.model?.layers ?? []).map { ($0.name, $0.outputShape) }
    ) { first, _ in first }
    guard let config = try? checkpoint.modelConfig() else { return [] }
    return ConfiguredModel(kerasConfig: config).layers.filter { $0.className != "InputLayer" }
      .map { layer in
        let name = layer.config["name"]?.string ?? layer.className
        return (name, layer.className, layer.config, shapes[name]?.map { $0.count + 1 })
      }
  }
}

extension [JSON] {
  /// The configs of layers without the input; `nil` if the list contains other values.
  fileprivate var layers: [JSON.Object]? {
    let objects = compactMap(\.object)
    guard !isEmpty, objects.count == count, objects.allSatisfy({ $0["class_name"] != nil }) else {
      return nil
    }
    return objects.filter { $0["class_name"] != .string("InputLayer") }
  }
}

extension JSON.Object {
  /// A dictionary with only this key, if it exists.
  fileprivate func only(_ key: String) -> JSON.Object { filter { $0.key == key } }

  /// The options without an `axis` that is the last one, which is the default of every layer with
  /// this option; tf_keras writes `[3]` where Keras 3 writes `-1`.
  ///
  /// - Parameter rank: The number of axes; `nil` if unknown.
  /// - Returns: The other options, and any other axis as a list of numbers from 0.
  fileprivate func withoutLastAxis(ofRank rank: Int?) -> JSON.Object {
    guard let rank, let axis = self["axis"],
      let axes = (axis.array ?? [axis]).reduce(
        into: [Int]?.some([]),
        { axes, axis in
          if let axis = axis.integer {
            axes?.append(axis < 0 ? axis + rank : axis)
          } else {
            axes = nil
          }
        })
    else { return self }
    var options = self
    options["axis"] = axes == [rank - 1] ? nil : .array(axes.map(JSON.integer))
    return options
  }
}

extension JSON {
  /// The canonical form of the ways in which versions of Keras write an option.
  ///
  /// Numbers are rounded to 32 bits, `true` becomes 1, strings become snake case, a list of one to
  /// three equal values becomes that value, nulls and the `name` and `dtype` of a config are
  /// removed, and a function or class without options becomes its name without a module.
  fileprivate var meaning: JSON {
    switch self {
    case .bool(let value): return .number(value ? 1 : 0 as Double)
    case .integer(let value): return .number(Double(Float(value)))
    case .unsigned(let value): return .number(Double(Float(value)))
    case .number(let value): return .number(Double(Float(value)))
    case .string(let name): return .string(KerasRegistry.snakeCase(name))
    case .array(let values):
      let values = values.map(\.meaning)
      guard let first = values.first, values.count <= 3, values.allSatisfy({ $0 == first }) else {
        return .array(values)
      }
      return first
    case .object(let members):
      guard let className = self["class_name"]?.string else {
        return .object(members.filter { $0.value != .null }.mapValues(\.meaning))
      }
      if className == "function", let name = self["config"]?.string {
        return JSON.string(name).meaning
      }
      let name = KerasRegistry.snakeCase(String(className.split(separator: ">").last ?? ""))
      let config = (self["config"]?.object ?? [:])
        .filter { !["name", "dtype"].contains($0.key) && $0.value != .null }
      guard !config.isEmpty else { return .string(name) }
      return .object(["class_name": .string(name), "config": .object(config.mapValues(\.meaning))])
    case .null: return .null
    }
  }

  /// The value with numbers rounded to 32-bit floats, because Keras writes some with the digits of
  /// a double.
  fileprivate var comparable: JSON {
    switch self {
    case .integer(let value): .number(Double(Float(value)))
    case .unsigned(let value): .number(Double(Float(value)))
    case .number(let value): .number(Double(Float(value)))
    case .array(let values): .array(values.map(\.comparable))
    default: sortingKeys()
    }
  }
}
