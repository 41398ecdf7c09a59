import JSON
package import NeuralNetwork

/// The settings of an optimizer, without its state.
package struct OptimizerSettings: Equatable {
  /// The optimizer, whose defaults are modified by the learning rate and ``options``.
  package var name: OptimizerName

  /// A number, or a schedule in Keras's form.
  var learningRate: JSON

  /// The options that differ from the defaults, in Keras's form; `null` removes a default.
  var options: JSON.Object = [:]

  /// The default of a new run.
  static let defaultLearningRate: Float = 0.001

  /// Creates settings with the defaults of an optimizer.
  init(_ name: OptimizerName, learningRate: JSON = .number(defaultLearningRate)) {
    self.name = name
    self.learningRate = learningRate
  }

  /// Creates the settings of an optimizer; `nil` if its class has no name.
  package init?(of optimizer: Optimizer) {
    let config = OptimizerSettings.split(optimizer.config)
    // Of a class and its variants, the one with the fewest remaining options is chosen.
    let best = OptimizerName.allCases.compactMap { name -> OptimizerSettings? in
      guard let other = try? name.makeOptimizer(), type(of: other) == type(of: optimizer) else {
        return nil
      }
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
    // The command line accepts more numbers than a Keras file may have.
    if options.isEmpty, let rate = learningRate.number.map(Float.init), rate > 0, rate.isFinite {
      let optimizer = try name.makeOptimizer()
      optimizer.learningRate = rate
      return optimizer
    }
    return try name.makeOptimizer(options.merging(["learning_rate": learningRate]) { $1 })
  }

  /// Sets options, in Keras's form.
  mutating func set(_ options: JSON.Object) {
    guard !options.isEmpty else { return }
    self.options.merge(options) { $1 }
    // Values that equal the defaults are left out.
    if let made = try? makeOptimizer(), let same = OptimizerSettings(of: made) { self = same }
  }

  private static func split(
    _ config: JSON.Object
  ) -> (learningRate: JSON, options: JSON.Object) {
    var options = config
    options["name"] = nil
    let learningRate = options.removeValue(forKey: "learning_rate") ?? .null
    return (learningRate, options)
  }
}
