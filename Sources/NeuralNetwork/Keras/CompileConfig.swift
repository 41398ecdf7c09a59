public import JSON

/// The compile config of a model: optimizer, losses and metrics, as Keras files store it.
///
/// It is the `compile_config` of a `.keras` file and the `training_config` of an `.h5` file.
///
/// ```swift
/// let config = CompileConfig(
///   optimizer: Adam(learningRate: 0.001), loss: MeanSquaredError(),
///   metrics: [RootMeanSquaredError()])
/// let copy = try CompileConfig(kerasConfig: config.compileConfig)  // as in a .keras file
/// let model = Sequential([Dense(1)])
/// let isComplete = model.compile(copy)  // true: optimizer and loss are known
/// ```
public struct CompileConfig {
  /// The optimizer without its state; `nil` if the file does not contain it.
  public var optimizer: Optimizer?

  /// The losses of the outputs; `nil` if the file contains none, or one that is not supported.
  public var losses: PerOutput<any Loss>?

  /// The factors of the losses; `nil` if all are 1.
  public var lossWeights: PerOutput<Double>?

  /// The metrics of the outputs.
  public var outputMetrics: PerOutput<[any Metric]>

  /// The only loss; `nil` if there is none or one for each output.
  public var loss: (any Loss)? {
    guard let values = losses?.values, values.count == 1 else { return nil }
    return values[0]
  }

  /// The metrics of all outputs.
  public var metrics: [any Metric] { outputMetrics.values.flatMap(\.self) }

  /// The losses and metrics of the file that are not supported, such as a user's own.
  package var foreign = ForeignObjects()

  /// Creates a compile config.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - loss: The loss of all outputs.
  ///   - metrics: The metrics.
  public init(optimizer: Optimizer?, loss: (any Loss)?, metrics: [any Metric] = []) {
    self.init(
      optimizer: optimizer, losses: loss.map(PerOutput.all), outputMetrics: .all(metrics))
  }

  /// Creates a compile config with losses and metrics for each output.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - losses: The losses of the outputs.
  ///   - lossWeights: The factors of the losses; `nil` if all are 1.
  ///   - outputMetrics: The metrics of the outputs.
  public init(
    optimizer: Optimizer?, losses: PerOutput<any Loss>?, lossWeights: PerOutput<Double>? = nil,
    outputMetrics: PerOutput<[any Metric]>
  ) {
    self.optimizer = optimizer
    self.losses = losses
    self.lossWeights = lossWeights
    self.outputMetrics = outputMetrics
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
      throw .compilation("it is not an object: \(kerasConfig.excerpt)")
    }
    optimizer = nil
    if let config = kerasConfig["optimizer"] ?? kerasConfig["optimizer_config"] {
      optimizer = try Optimizer.make(kerasConfig: config)
    }
    losses = nil
    lossWeights = nil
    outputMetrics = .all([])
    do throws(KerasError) {
      losses = try PerOutput(kerasConfig["loss"]) { json throws(KerasError) in
        try Losses.make(kerasConfig: json)
      }
    } catch {
      foreign.keepLoss(kerasConfig["loss"], weights: kerasConfig["loss_weights"])
      try leaveOut(error)
    }
    if losses != nil {
      do throws(KerasError) {
        lossWeights = try CompileConfig.lossWeights(kerasConfig["loss_weights"])
      } catch {
        foreign.refused.append("the weights of the losses, which are no numbers")
        try leaveOut(error)
      }
    }
    for key in ["metrics", "weighted_metrics"] {
      try addMetrics(kerasConfig[key], key, leaveOut)
    }
  }

  private static func lossWeights(_ json: JSON?) throws(KerasError) -> PerOutput<Double>? {
    let weights = try PerOutput<Double>(json) { json throws(KerasError) in
      guard let weight = json.number, weight.isFinite else {
        throw .compilation("'loss_weights' has \(json.excerpt), which is no number")
      }
      return weight
    }
    return weights?.values.allSatisfy { $0 == 1 } == true ? nil : weights
  }

  /// Adds the metrics of one list, which may have a part for each output.
  private mutating func addMetrics(
    _ json: JSON?, _ key: String, _ leaveOut: (KerasError) throws(KerasError) -> Void
  ) throws(KerasError) {
    let read: PerOutput<[any Metric]>
    switch json {
    case .array(let parts)?
    where parts.count > 1 && parts.contains { $0.array != nil || $0 == .null }:
      var list: [[any Metric]?] = []
      for part in parts { list.append(try metrics(part, isPart: true, leaveOut)) }
      read = .list(list)
    case .object(let members)? where members["class_name"] == nil:
      var named: [String: [any Metric]] = [:]
      for (name, part) in members.sorted(by: { $0.key < $1.key }) {
        named[name] = try metrics(part, isPart: members.count > 1, leaveOut)
      }
      read = .named(named)
    default: read = .all(try metrics(json ?? .null, isPart: false, leaveOut))
    }
    guard let merged = outputMetrics.appending(read) else {
      return try leaveOut(.compilation("'\(key)' has another form than 'metrics'"))
    }
    outputMetrics = merged
  }

  /// The metrics in a value; those that are not supported are kept unless they belong to one of
  /// several outputs.
  private mutating func metrics(
    _ json: JSON, isPart: Bool, _ leaveOut: (KerasError) throws(KerasError) -> Void
  ) throws(KerasError) -> [any Metric] {
    var metrics: [any Metric] = []
    for config in CompileConfig.objects(in: json) {
      do throws(KerasError) {
        metrics.append(try Metrics.make(kerasConfig: config))
      } catch {
        foreign.keepMetric(config, isPart: isPart)
        try leaveOut(error)
      }
    }
    return metrics
  }

  /// The objects in a value, including nested lists and dictionaries.
  private static func objects(in json: JSON) -> [JSON] {
    switch json {
    case .null: return []
    case .array(let elements): return elements.flatMap { objects(in: $0) }
    case .object(let members) where members["class_name"] == nil:
      return members.sorted { $0.key < $1.key }.flatMap { objects(in: $0.value) }
    default: return [json]
    }
  }

  /// The config for a `.keras` file, with the keys that every version of Keras 3 accepts.
  public var compileConfig: JSON {
    let optimizer = optimizer.map {
      CompileConfig.object("keras.optimizers", type(of: $0).className, $0.config)
    }
    let loss = losses?.json {
      CompileConfig.object("keras.losses", type(of: $0).className, $0.config)
    }
    return .object([
      "optimizer": optimizer ?? .null,
      "loss": loss ?? foreign.loss?.written(.archive) ?? .null,
      "loss_weights": lossWeights?.json(JSON.number) ?? foreign.lossWeights ?? .null,
      "metrics": metrics(.archive, module: "keras.metrics"),
      "weighted_metrics": .null, "run_eagerly": .bool(false), "steps_per_execution": .integer(1),
      "jit_compile": .bool(false),
    ])
  }

  /// The `training_config` attribute of a whole-model HDF5 file, readable by every Keras 3 version.
  public var trainingConfig: JSON { trainingConfig(.wholeModel) }

  /// The `training_config` attribute of a whole-model HDF5 file.
  package func trainingConfig(_ dialect: KerasDialect) -> JSON {
    let loss = losses?.json { CompileConfig.object(nil, type(of: $0).className, $0.config) }
    let optimizer = optimizer.map {
      CompileConfig.object(nil, type(of: $0).className, $0.config)
    }
    return .object([
      "loss": loss ?? foreign.loss?.written(dialect) ?? .null,
      "loss_weights": lossWeights?.json(JSON.number) ?? foreign.lossWeights ?? .null,
      "metrics": metrics(dialect, module: nil),
      "weighted_metrics": .null,
      "optimizer_config": optimizer ?? .null,
    ])
  }

  private func metrics(_ dialect: KerasDialect, module: String?) -> JSON {
    func json(_ metrics: [any Metric]) -> [JSON] { metrics.map { self.json($0, module) } }
    guard case .all(let metrics) = outputMetrics else {
      return outputMetrics.json { .array(json($0)) }
    }
    guard !metrics.isEmpty || !foreign.metrics.isEmpty else { return .null }
    return .array(json(metrics) + foreign.metrics.map { $0.written(dialect) })
  }

  private func json(_ metric: any Metric, _ module: String?) -> JSON {
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
  /// - Returns: Whether the model is compiled, which requires an optimizer and a loss, and losses
  ///   and metrics for the outputs of the model.
  @discardableResult
  public func compile(_ config: CompileConfig) -> Bool {
    guard let optimizer = config.optimizer, let losses = config.losses, config.fits(outputNames)
    else { return false }
    compile(
      optimizer: optimizer, losses: losses, lossWeights: config.lossWeights,
      metrics: config.outputMetrics)
    return true
  }

  /// The compile config of the model; `nil` if it is not compiled.
  public var compileConfig: CompileConfig? {
    compilation.map {
      CompileConfig(
        optimizer: $0.optimizer, losses: $0.losses, lossWeights: $0.lossWeights,
        outputMetrics: $0.metrics)
    }
  }
}

extension PerOutput {
  /// Reads a value for all outputs, a list, or a dictionary; `nil` for none.
  fileprivate init?(
    _ json: JSON?, _ read: (JSON) throws(KerasError) -> Value
  ) throws(KerasError) {
    switch json {
    case nil, .null: return nil
    case .array(let elements)?:
      let given = elements.filter { $0 != .null }
      guard !given.isEmpty else { return nil }
      if elements.count == 1 {
        self = .all(try read(elements[0]))
      } else {
        var values: [Value?] = []
        for element in elements { values.append(element == .null ? nil : try read(element)) }
        self = .list(values)
      }
    case .object(let members)? where members["class_name"] == nil:
      var values: [String: Value] = [:]
      for (name, member) in members where member != .null { values[name] = try read(member) }
      guard !values.isEmpty else { return nil }
      self = .named(values)
    case let value?: self = .all(try read(value))
    }
  }

  /// The values in Keras's form.
  fileprivate func json(_ write: (Value) -> JSON) -> JSON {
    switch self {
    case .all(let value): write(value)
    case .list(let values): .array(values.map { $0.map(write) ?? .null })
    case .named(let values):
      .object(JSON.Object(values.sorted { $0.key < $1.key }.map { ($0.key, write($0.value)) }))
    }
  }
}

extension PerOutput<[any Metric]> {
  /// The metrics with others after them; `nil` if the forms differ.
  fileprivate func appending(_ other: Self) -> Self? {
    if other.values.allSatisfy(\.isEmpty) { return self }
    if values.allSatisfy(\.isEmpty) { return other }
    switch (self, other) {
    case (.all(let a), .all(let b)): return .all(a + b)
    case (.named(let a), .named(let b)): return .named(a.merging(b) { $0 + $1 })
    case (.named(let a), .all(let b)) where a.count == 1: return .named(a.mapValues { $0 + b })
    case (.list(let a), .list(let b)) where a.count == b.count:
      return .list(zip(a, b).map { ($0 ?? []) + ($1 ?? []) })
    default: return nil
    }
  }
}
