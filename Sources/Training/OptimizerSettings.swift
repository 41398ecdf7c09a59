import JSON
import NeuralNetwork

/// The settings of an optimizer, without its state.
struct OptimizerSettings: Equatable {
  /// The optimizer, whose defaults are modified by the learning rate and ``options``.
  var name: OptimizerName

  /// A number, or a schedule in Keras's form.
  var learningRate: JSON

  /// The options that differ from the defaults, in Keras's form; `null` removes a default.
  var options: [String: JSON] = [:]

  /// The default of a new run.
  static let defaultLearningRate: Float = 0.001

  /// Creates settings with the defaults of an optimizer.
  init(_ name: OptimizerName, learningRate: JSON = .number(defaultLearningRate)) {
    self.name = name
    self.learningRate = learningRate
  }

  /// Creates the settings of an optimizer; `nil` if its class has no name.
  init?(of optimizer: Optimizer) {
    let config = OptimizerSettings.split(optimizer.config)
    // SGD has three names; the one with the fewest remaining options is chosen.
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

  /// Creates the optimizer, which is not built.
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
