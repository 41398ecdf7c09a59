public import JSON

/// The compile config of a model: optimizer, loss and metrics, as Keras files store it.
///
/// It is the `compile_config` of a `.keras` file and the `training_config` of an `.h5` file.
public struct CompileConfig {
  /// The optimizer without its state; `nil` if the file does not contain it.
  public var optimizer: Optimizer?

  /// The loss.
  public var loss: (any Loss)?

  /// The metrics.
  public var metrics: [any Metric]

  /// The losses and metrics of the file that are not supported, such as a user's own.
  package var foreign = ForeignObjects()

  /// Creates a compile config.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - loss: The loss.
  ///   - metrics: The metrics.
  public init(optimizer: Optimizer?, loss: (any Loss)?, metrics: [any Metric] = []) {
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
  }

  /// Reads a compile config of Keras.
  ///
  /// Weighted metrics become plain metrics, because sample weights are not supported.
  ///
  /// - Parameter kerasConfig: The `compile_config` of a `.keras` file, with the key `optimizer`, or
  ///   the `training_config` of an `.h5` file, with the key `optimizer_config`.
  /// - Throws: ``KerasError/compilation(_:)`` if anything is not supported, or would be computed
  ///   differently.
  public init(kerasConfig: JSON) throws(KerasError) {
    try self.init(kerasConfig: kerasConfig) { error throws(KerasError) in throw error }
  }

  /// Reads the supported parts of a compile config of Keras.
  ///
  /// - Parameters:
  ///   - kerasConfig: The `compile_config` or `training_config`.
  ///   - leaveOut: Called for each loss or metric that is not supported, which is then added to
  ///     ``foreign``.
  /// - Throws: ``KerasError/compilation(_:)`` if the optimizer is not supported, or the error of
  ///   `leaveOut`.
  package init(
    kerasConfig: JSON, leaveOut: (KerasError) throws(KerasError) -> Void
  ) throws(KerasError) {
    guard kerasConfig.object != nil else {
      throw .compilation("it is not an object: \(kerasConfig.text.prefix(80))")
    }
    optimizer = nil
    if let config = kerasConfig["optimizer"] ?? kerasConfig["optimizer_config"] {
      optimizer = try Optimizer.make(kerasConfig: config)
    }
    let losses = CompileConfig.objects(in: kerasConfig["loss"])
    loss = nil
    do throws(KerasError) {
      guard losses.count <= 1 else {
        throw .compilation("it has \(losses.count) losses, and one output is supported")
      }
      if let weights = kerasConfig["loss_weights"] {
        let weight = CompileConfig.objects(in: weights)
        guard weight.allSatisfy({ $0.number == 1 }) else {
          throw .compilation("'loss_weights' is \(weights.text.prefix(80)), which is not supported")
        }
      }
      if let config = losses.first { loss = try Losses.make(kerasConfig: config) }
    } catch {
      foreign.keepLoss(kerasConfig["loss"], weights: kerasConfig["loss_weights"])
      try leaveOut(error)
    }
    metrics = []
    for key in ["metrics", "weighted_metrics"] {
      for config in CompileConfig.objects(in: kerasConfig[key]) {
        do throws(KerasError) {
          metrics.append(try Metrics.make(kerasConfig: config))
        } catch {
          foreign.keepMetric(config)
          try leaveOut(error)
        }
      }
    }
  }

  /// The objects in a value, including nested lists and dictionaries of outputs.
  private static func objects(in json: JSON?) -> [JSON] {
    switch json {
    case nil, .null: return []
    case .array(let elements): return elements.flatMap { objects(in: $0) }
    case .object(let members) where members["class_name"] == nil:
      return members.sorted { $0.key < $1.key }.flatMap { objects(in: $0.value) }
    case .some(let value): return [value]
    }
  }

  /// The config for a `.keras` file, with the keys that every version of Keras 3 accepts.
  public var compileConfig: JSON {
    .object([
      "optimizer": optimizer.map {
        CompileConfig.object("keras.optimizers", type(of: $0).className, $0.config)
      } ?? .null,
      "loss": loss.map {
        CompileConfig.object("keras.losses", type(of: $0).className, $0.config)
      } ?? foreign.loss?.written(.archive) ?? .null,
      "loss_weights": foreign.lossWeights ?? .null,
      "metrics": metrics(.archive, module: "keras.metrics"),
      "weighted_metrics": .null, "run_eagerly": .bool(false), "steps_per_execution": .integer(1),
      "jit_compile": .bool(false),
    ])
  }

  /// The `training_config` attribute of a whole-model HDF5 file, readable by every Keras 3 version.
  public var trainingConfig: JSON { trainingConfig(.wholeModel) }

  /// The `training_config` attribute of a whole-model HDF5 file.
  package func trainingConfig(_ dialect: KerasDialect) -> JSON {
    .object([
      "loss": loss.map {
        CompileConfig.object(nil, type(of: $0).className, $0.config)
      } ?? foreign.loss?.written(dialect) ?? .null,
      "loss_weights": foreign.lossWeights ?? .null,
      "metrics": metrics(dialect, module: nil),
      "weighted_metrics": .null,
      "optimizer_config": optimizer.map {
        CompileConfig.object(nil, type(of: $0).className, $0.config)
      } ?? .null,
    ])
  }

  private func metrics(_ dialect: KerasDialect, module: String?) -> JSON {
    guard !metrics.isEmpty || !foreign.metrics.isEmpty else { return .null }
    return .array(
      metrics.map { metric in
        let isAccuracy = ["accuracy", "acc"].contains(metric.name)
        switch metric {
        case is AutomaticAccuracy:
          return .string(isAccuracy ? metric.name : "accuracy")
        case is SparseCategoricalAccuracy where isAccuracy,
          is CategoricalAccuracy where isAccuracy:
          // Keras then selects the metric from the shapes of targets and predictions.
          return .string(metric.name)
        default:
          return CompileConfig.object(module, metric.kerasClassName, metric.config)
        }
      } + foreign.metrics.map { $0.written(dialect) })
  }

  private static func object(
    _ module: String?, _ className: String, _ config: JSON.Object
  ) -> JSON {
    var object: JSON.Object = ["class_name": .string(className), "config": .object(config)]
    if let module {
      object["module"] = .string(module)
      object["registered_name"] = .null
      if !KerasRegistry.isCompiled(className) {
        object.merge(KerasClass.keys(of: className)) { $1 }
      }
    }
    return .object(object)
  }
}

extension Model {
  /// Compiles the model with the config of a file.
  ///
  /// - Parameter config: The config of the file.
  /// - Returns: Whether the model is compiled, which requires an optimizer and a loss.
  @discardableResult
  public func compile(_ config: CompileConfig) -> Bool {
    guard let optimizer = config.optimizer, let loss = config.loss else { return false }
    compile(optimizer: optimizer, loss: loss, metrics: config.metrics)
    return true
  }

  /// The compile config of the model; `nil` if it is not compiled.
  public var compileConfig: CompileConfig? {
    compilation.map {
      CompileConfig(optimizer: $0.optimizer, loss: $0.loss, metrics: $0.metrics)
    }
  }
}
