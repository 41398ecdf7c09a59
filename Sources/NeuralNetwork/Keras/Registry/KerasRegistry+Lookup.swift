extension KerasRegistry {
  private static let layersByName = Dictionary(
    uniqueKeysWithValues: layers.map { ($0.className, $0) })

  /// The optimizers by their names in lower case: Keras ignores case here.
  private static let optimizersByName = Dictionary(
    uniqueKeysWithValues: optimizers.map { ($0.className.lowercased(), $0) })

  private static let activationsByName = Dictionary(
    uniqueKeysWithValues: activations.flatMap { function in
      ([function.rawValue] + function.aliases).map { ($0, function) }
    })

  private static let lossesByName = names(of: losses, className: { $0.className }) { $0.aliases }

  private static let metricsByName = names(of: metrics, className: { $0.className }) { _ in [] }

  private static let schedulesByName = Dictionary(
    uniqueKeysWithValues: schedules.map { ($0.className, $0) })

  private static let lossesByMetricName: [String: any KerasLoss.Type] = {
    var byName: [String: any KerasLoss.Type] = [:]
    for loss in losses {
      guard let className = loss.metricClassName else { continue }
      for name in [className, className.snakeCased, loss.className, loss.className.snakeCased]
        + loss.aliases
      {
        byName[name] = loss
      }
    }
    return byName
  }()

  /// The layer of a class name, such as `Conv2D`.
  package static func layer(named name: String) -> (any KerasLayer.Type)? { layersByName[name] }

  /// The optimizer of a class name in any case, such as `adam` or `Adam`.
  package static func optimizer(named name: String) -> (any KerasOptimizer.Type)? {
    optimizersByName[name.lowercased()]
  }

  /// The activation function of a name, such as `relu`, in a file of a Keras generation.
  static func activation(
    named name: String, in generation: KerasGeneration
  ) -> ActivationFunction? {
    let function = activationsByName[name]
    return function == .hardSigmoid && generation != .keras3 ? .keras2HardSigmoid : function
  }

  /// The loss of a class, function or short name, such as `MeanSquaredError`, `mean_squared_error`
  /// or `mse`.
  static func loss(named name: String) -> (any KerasLoss.Type)? { lossesByName[name] }

  /// The metric of a class or function name, such as `BinaryAccuracy` or `binary_accuracy`.
  static func metric(named name: String) -> (any KerasMetric.Type)? { metricsByName[name] }

  /// The loss whose mean a metric is, by any name of the metric or the loss.
  static func loss(ofMetricNamed name: String) -> (any KerasLoss.Type)? { lossesByMetricName[name] }

  /// The schedule of a class name, such as `CosineDecay`.
  static func schedule(named name: String) -> (any KerasSchedule.Type)? { schedulesByName[name] }

  /// Whether a name is that of an optimizer, a loss or a metric of Keras.
  static func isCompiled(_ className: String) -> Bool {
    optimizers.contains { $0.className == className }
      || losses.contains { $0.className == className }
      || metrics.contains { $0.className == className }
      || losses.contains { $0.metricClassName == className }
  }

  /// Types by their class names, the snake case of these, and other names.
  private static func names<Class>(
    of types: [Class], className: (Class) -> String, aliases: (Class) -> [String]
  ) -> [String: Class] {
    var byName: [String: Class] = [:]
    for type in types {
      for name in [className(type), className(type).snakeCased] + aliases(type) {
        byName[name] = type
      }
    }
    return byName
  }
}
