import NeuralNetwork

/// What an optimizer is made with; its state is not part of it.
struct OptimizerSettings: Equatable {
  /// The optimizer with the defaults of this name, but for the learning rate and ``options``.
  var name: OptimizerName

  /// A number, or a schedule in Keras's form.
  var learningRate: JSON

  /// The options that differ from the defaults, in Keras's form; `null` for a default that is not used.
  var options: [String: JSON] = [:]

  /// The default of `train`.
  static let defaultLearningRate: Float = 0.001

  /// Describes an optimizer with the defaults of its name.
  init(_ name: OptimizerName, learningRate: JSON = .number(defaultLearningRate)) {
    self.name = name
    self.learningRate = learningRate
  }

  /// Describes an optimizer; `nil` if no name stands for its class.
  init?(of optimizer: Optimizer) {
    let config = OptimizerSettings.split(optimizer.config)
    // SGD has three names: the one that leaves the fewest options to tell is the best.
    let best = OptimizerName.allCases.compactMap { name -> OptimizerSettings? in
      let other = name.makeOptimizer(learningRate: 1)
      guard type(of: other) == type(of: optimizer) else { return nil }
      let defaults = OptimizerSettings.split(other.config).options
      var settings = OptimizerSettings(name, learningRate: config.learningRate)
      for key in Set(defaults.keys).union(config.options.keys)
      where config.options[key] != defaults[key] {
        settings.options[key] = config.options[key] ?? .null
      }
      return settings
    }.min { $0.options.count < $1.options.count }
    guard let best else { return nil }
    self = best
  }

  /// Makes the optimizer, unbuilt.
  ///
  /// - Throws: ``NeuralNetwork/KerasError`` if an option or the learning rate is not supported.
  func makeOptimizer() throws(KerasError) -> Optimizer {
    if options.isEmpty, let rate = learningRate.number, Float(rate) > 0, Float(rate).isFinite {
      return name.makeOptimizer(learningRate: Float(rate))
    }
    let base = name.makeOptimizer(learningRate: 1)
    var config = base.config.merging(options) { $1 }
    config["learning_rate"] = learningRate
    return try Optimizer.make(
      kerasConfig: .object([
        "class_name": .string(type(of: base).className), "config": .object(config),
      ]))
  }

  private static func split(
    _ config: [String: JSON]
  ) -> (learningRate: JSON, options: [String: JSON]) {
    var options = config
    options["name"] = nil
    let learningRate = options.removeValue(forKey: "learning_rate") ?? .null
    return (learningRate, options)
  }
}
