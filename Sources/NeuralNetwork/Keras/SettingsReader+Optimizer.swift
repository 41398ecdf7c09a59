import JSON

extension SettingsReader {
  /// The learning rate and the options that are common to all optimizers.
  ///
  /// - Parameter rate: The default of the learning rate.
  /// - Returns: The learning rate and the options.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is invalid, or two of them contradict each other.
  func optimizerOptions(
    learningRate rate: Float
  ) throws(KerasError) -> (rate: Float, options: OptimizerOptions) {
    var options = OptimizerOptions()
    var learningRate = rate
    // Keras 2.2 and earlier call it `lr`.
    for key in ["learning_rate", "lr"] {
      guard let value = value(key) else { continue }
      if let number = value.number {
        guard number >= Double(Float.leastNormalMagnitude), number <= 1e30 else {
          throw problem(key, "is \(number), which is not a learning rate")
        }
        learningRate = Float(number)
      } else {
        options.schedule = try Schedules.make(value)
      }
      break
    }
    // Keras before 2.11: learning_rate / (1 + decay · iterations).
    let decay = try number("decay", default: 0, in: 0...1e30)
    if decay > 0 {
      guard options.schedule == nil else {
        throw problem("decay", "is there beside a learning-rate schedule")
      }
      options.schedule = InverseTimeDecay(
        initialLearningRate: Double(learningRate), decaySteps: 1, decayRate: decay)
    }

    let limits: [(key: String, make: (Double) -> OptimizerOptions.Clipping)] = [
      ("clipnorm", { .norm($0) }), ("clipvalue", { .value($0) }),
      ("global_clipnorm", { .globalNorm($0) }),
    ]
    for (key, make) in limits {
      // Keras ignores a limit of 0.
      guard let limit = try optionalNumber(key), limit > 0 else { continue }
      guard options.clipping == nil else {
        throw problem(key, "is there beside another limit for gradients")
      }
      options.clipping = make(limit)
    }

    // tf_keras also writes `false` for none.
    if value("weight_decay")?.bool != false {
      options.weightDecay = try optionalNumber("weight_decay")
    }
    let momentum = try number("ema_momentum", default: 0.99, in: 0...1)
    let frequency = try optionalCount("ema_overwrite_frequency")
    if try bool("use_ema", default: false) {
      options.movingAverage = .init(momentum: momentum, overwriteFrequency: frequency)
    }
    if let steps = try optionalCount("gradient_accumulation_steps") {
      guard steps >= 2 else {
        throw problem("gradient_accumulation_steps", "is \(steps), which is less than 2")
      }
      options.gradientAccumulationSteps = steps
    }
    return (learningRate, options)
  }

  /// An exponential decay rate or a momentum: a number from 0 to 1.
  func decayRate(_ key: String, default fallback: Double) throws(KerasError) -> Double {
    try number(key, default: fallback, in: 0...1)
  }

  /// The option `epsilon`, at least 0; 1e-7 by default.
  func epsilon() throws(KerasError) -> Float {
    Float(try number("epsilon", default: 1e-7, in: 0...1e30))
  }
}
