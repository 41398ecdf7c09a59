extension Optimizer {
  /// Makes an optimizer from its Keras configuration, without its state.
  ///
  /// - Parameter kerasConfig: What Keras 3, tf_keras or Keras 2 wrote: a name such as `adam`, or an
  ///   object with `class_name` and `config`.
  /// - Returns: An optimizer that has not taken a step.
  /// - Throws: ``KerasError/compilation(_:)`` if the class is not supported, or an option that would
  ///   change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> Optimizer {
    // In 32 bits nothing has to be scaled.
    if let inner = kerasConfig.scaledOptimizer { return try make(kerasConfig: inner) }
    if let own = try CustomObjects.optimizer(kerasConfig) { return own }
    let reader = try SettingsReader(kerasConfig, kind: "optimizer")
    // Keras does not tell capitals from small letters here.
    guard let make = makers[reader.className.lowercased()] else {
      throw reader.unsupported(classNames)
    }
    let optimizer = try make(reader)
    if optimizer.options.movingAverage != nil, reader.value("is_legacy_optimizer") != nil {
      throw reader.problem("use_ema", "is true, and the averages of tf_keras begin differently")
    }
    try reader.checkAllWereRead(but: ["name", "jit_compile", "is_legacy_optimizer"])
    return optimizer
  }

  private typealias Maker = @Sendable (SettingsReader) throws(KerasError) -> Optimizer

  /// Whether a class is one of Keras's that the library has.
  static func isBuiltIn(_ className: String) -> Bool { classNames.contains(className) }

  private static let classNames = [
    Adagrad.className, Adam.className, AdamW.className, Adamax.className, Nadam.className,
    RMSprop.className, SGD.className,
  ]

  private static let makers: [String: Maker] = [
    "adagrad": { reader throws(KerasError) in
      let (rate, options) = try common(reader, rate: 0.001)
      return Adagrad(
        learningRate: rate,
        initialAccumulatorValue: try reader.number(
          // Keras 2.0 to 2.3 began with 0, and did not say so.
          "initial_accumulator_value", default: reader.has("decay") ? 0 : 0.1, in: 0...1e30),
        epsilon: try epsilon(reader), options: options)
    },
    "adam": { reader throws(KerasError) in
      let (rate, options) = try common(reader, rate: 0.001)
      return Adam(
        learningRate: rate, beta1: try share("beta_1", 0.9, reader),
        beta2: try share("beta_2", 0.999, reader), epsilon: try epsilon(reader),
        amsgrad: try reader.bool("amsgrad", default: false), options: options)
    },
    "adamw": { reader throws(KerasError) in
      let (rate, options) = try common(reader, rate: 0.001)
      if reader.has("weight_decay"), reader.value("weight_decay") == nil {
        throw reader.problem("weight_decay", "is not a number")
      }
      return AdamW(
        learningRate: rate, weightDecay: options.weightDecay ?? 0.004,
        beta1: try share("beta_1", 0.9, reader), beta2: try share("beta_2", 0.999, reader),
        epsilon: try epsilon(reader), amsgrad: try reader.bool("amsgrad", default: false),
        options: options)
    },
    "adamax": { reader throws(KerasError) in
      let (rate, options) = try common(reader, rate: 0.001)
      return Adamax(
        learningRate: rate, beta1: try share("beta_1", 0.9, reader),
        beta2: try share("beta_2", 0.999, reader), epsilon: try epsilon(reader), options: options)
    },
    "nadam": { reader throws(KerasError) in
      for key in ["schedule_decay", "decay"] where reader.has(key) {
        throw reader.problem(
          key,
          "is there: the file is of Nadam as it was in Keras before 2.11, whose momentum fades by "
            + "another rule than that of Keras 2.11 and later, which is the one here")
      }
      let (rate, options) = try common(reader, rate: 0.001)
      return Nadam(
        learningRate: rate, beta1: try share("beta_1", 0.9, reader),
        beta2: try share("beta_2", 0.999, reader), epsilon: try epsilon(reader), options: options)
    },
    "rmsprop": { reader throws(KerasError) in
      let (rate, options) = try common(reader, rate: 0.001)
      let momentum = Float(try share("momentum", 0, reader))
      return RMSprop(
        learningRate: rate, rho: try share("rho", 0.9, reader), momentum: momentum,
        epsilon: try epsilon(reader), centered: try reader.bool("centered", default: false),
        // Only the optimizers of Keras 2 have a decay. Source: tf_keras/optimizers/legacy/rmsprop.py
        addsEpsilonToRoot: reader.has("decay") && momentum == 0, options: options)
    },
    "sgd": { reader throws(KerasError) in
      let (rate, options) = try common(reader, rate: 0.01)
      return SGD(
        learningRate: rate, momentum: Float(try share("momentum", 0, reader)),
        nesterov: try reader.bool("nesterov", default: false), options: options)
    },
  ]

  private static func share(
    _ key: String, _ fallback: Double, _ reader: SettingsReader
  ) throws(KerasError) -> Double {
    try reader.number(key, default: fallback, in: 0...1)
  }

  private static func epsilon(_ reader: SettingsReader) throws(KerasError) -> Float {
    Float(try reader.number("epsilon", default: 1e-7, in: 0...1e30))
  }

  /// Learning rate and options that every optimizer has.
  private static func common(
    _ reader: SettingsReader, rate: Float
  ) throws(KerasError) -> (rate: Float, options: OptimizerOptions) {
    var options = OptimizerOptions()
    var learningRate = rate
    // Keras 2.2 and before called it `lr`.
    for key in ["learning_rate", "lr"] {
      guard let value = reader.value(key) else { continue }
      if let number = value.number {
        guard number >= Double(Float.leastNormalMagnitude), number <= 1e30 else {
          throw reader.problem(key, "is \(number), which is not a learning rate")
        }
        learningRate = Float(number)
      } else {
        options.schedule = try Schedules.make(value)
      }
      break
    }
    // Keras before 2.11: learning_rate / (1 + decay · iterations).
    let decay = try reader.number("decay", default: 0, in: 0...1e30)
    if decay > 0 {
      guard options.schedule == nil else {
        throw reader.problem("decay", "is there beside a learning-rate schedule")
      }
      options.schedule = InverseTimeDecay(
        initialLearningRate: Double(learningRate), decaySteps: 1, decayRate: decay)
    }

    let limits: [(key: String, make: (Double) -> OptimizerOptions.Clipping)] = [
      ("clipnorm", { .norm($0) }), ("clipvalue", { .value($0) }),
      ("global_clipnorm", { .globalNorm($0) }),
    ]
    for (key, make) in limits {
      // Keras does nothing for a limit of 0.
      guard let limit = try reader.optionalNumber(key), limit > 0 else { continue }
      guard options.clipping == nil else {
        throw reader.problem(key, "is there beside another limit for gradients")
      }
      options.clipping = make(limit)
    }

    // tf_keras writes `false` for none as well.
    if reader.value("weight_decay")?.bool != false {
      options.weightDecay = try reader.optionalNumber("weight_decay")
    }
    let momentum = try reader.number("ema_momentum", default: 0.99, in: 0...1)
    let frequency = try reader.optionalCount("ema_overwrite_frequency")
    if try reader.bool("use_ema", default: false) {
      options.movingAverage = .init(momentum: momentum, overwriteFrequency: frequency)
    }
    if let steps = try reader.optionalCount("gradient_accumulation_steps") {
      guard steps >= 2 else {
        throw reader.problem("gradient_accumulation_steps", "is \(steps), which is less than 2")
      }
      options.gradientAccumulationSteps = steps
    }
    return (learningRate, options)
  }
}

extension JSON {
  /// The configuration of the optimizer inside, if this is that of one that scales the loss so that
  /// gradients of 16 bits do not vanish: Keras puts it around every optimizer if `mixed_float16` is
  /// its policy.
  package var scaledOptimizer: JSON? {
    // `LossScaleOptimizerV3` and others in Keras 2.
    func isScaling(_ json: JSON) -> Bool {
      json["class_name"]?.string?.split(separator: ">").last?.hasPrefix("LossScaleOptimizer")
        == true
    }
    guard isScaling(self), let inner = self["config"]?["inner_optimizer"], !isScaling(inner) else {
      return nil
    }
    return inner
  }
}
