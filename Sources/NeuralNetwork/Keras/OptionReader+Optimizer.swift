import JSON

extension OptionReader {
  /// The learning rate; `nil` if the file has none.
  ///
  /// - Parameter fallback: The default of the class, to which a `decay` applies.
  /// - Returns: A number or a schedule.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is invalid, or two of them contradict
  ///   each other.
  func learningRate(default fallback: Float) throws(KerasError) -> (any LearningRate)? {
    var rate: (any LearningRate)?
    // Keras 2.2 and earlier call it `lr`.
    for key in ["learning_rate", "lr"] {
      guard let value = config[key] else { continue }
      if let number = value.number {
        // A warmup begins with 0, and some schedules end with it.
        guard number == 0 || number >= Double(Float.leastNormalMagnitude), number <= 1e30 else {
          throw problem(key, "is \(number), which is not a learning rate")
        }
        rate = Float(number)
      } else {
        rate = try Schedules.make(value)
      }
      break
    }
    // Keras before 2.11: learning_rate / (1 + decay · iterations).
    let decay = try number("decay", default: 0, in: 0...1e30)
    guard decay > 0 else { return rate }
    guard !(rate is any LearningRateSchedule) else {
      throw problem("decay", "is there beside a learning-rate schedule")
    }
    return InverseTimeDecay(
      initialLearningRate: Double(rate?.constant ?? fallback), decaySteps: 1, decayRate: decay)
  }

  /// The options that are common to all optimizers.
  ///
  /// - Parameter fallback: The defaults of the class.
  /// - Returns: The options.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is invalid, or two of them contradict
  ///   each other.
  func optimizerOptions(default fallback: OptimizerOptions) throws(KerasError) -> OptimizerOptions {
    var options = fallback
    // Keras ignores a limit of 0.
    func limit(_ key: String) throws(KerasError) -> Double? {
      guard let limit = try optionalNumber(key), limit > 0 else { return nil }
      guard options.clippings.isEmpty else {
        throw problem(key, "is there beside another limit for gradients")
      }
      return limit
    }
    options.clipnorm = try limit("clipnorm")
    options.clipvalue = try limit("clipvalue")
    options.globalClipnorm = try limit("global_clipnorm")

    if config["weight_decay"]?.bool == false {
      // tf_keras also writes `false` for none. A class with a decay by default must say 0.
      options.weightDecay = fallback.weightDecay.map { _ in 0 }
    } else {
      options.weightDecay = try optionalNumber("weight_decay") ?? fallback.weightDecay
    }
    let momentum = try number("ema_momentum", default: 0.99, in: 0...1)
    let frequency = try optionalCount("ema_overwrite_frequency")
    if try bool("use_ema", default: false) {
      (options.useEMA, options.emaMomentum) = (true, momentum)
      options.emaOverwriteFrequency = frequency
    }
    if let steps = try optionalCount("gradient_accumulation_steps") {
      guard steps >= 2 else {
        throw problem("gradient_accumulation_steps", "is \(steps), which is less than 2")
      }
      options.gradientAccumulationSteps = steps
    }
    return options
  }

  /// The option `epsilon`, at least 0; 1e-7 by default.
  func epsilon() throws(KerasError) -> Float {
    Float(try number("epsilon", default: 1e-7, in: 0...1e30))
  }
}
