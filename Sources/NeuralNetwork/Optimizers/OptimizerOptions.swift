import Preconditions

/// What every optimizer can do beside its own rule; by default none of it.
///
///     let optimizer = Adam(options: OptimizerOptions(clipping: .norm(1), weightDecay: 0.004))
///
/// Source: keras/src/optimizers/base_optimizer.py.
public struct OptimizerOptions: Sendable {
  /// How the learning rate changes from step to step; `nil` if it is a number that is kept.
  public var schedule: (any LearningRateSchedule)?

  /// How gradients that are too large are made smaller.
  public var clipping: Clipping?

  /// What part of each variable, times the learning rate, is subtracted from it in each update.
  public var weightDecay: Double?

  /// The moving average of the variables that is kept.
  public var movingAverage: MovingAverage?

  /// Of how many steps the gradients are averaged for one update, at least 2; `nil` if each step is
  /// an update.
  public var gradientAccumulationSteps: Int?

  /// How gradients that are too large are made smaller.
  public enum Clipping: Hashable, Sendable {
    /// The gradient of each variable has at most this norm (Keras's `clipnorm`).
    case norm(Double)

    /// Each element of a gradient has at most this magnitude (`clipvalue`).
    case value(Double)

    /// The gradients of all variables together have at most this norm (`global_clipnorm`).
    case globalNorm(Double)

    /// The limit, more than 0.
    var limit: Double {
      switch self {
      case .norm(let limit), .value(let limit), .globalNorm(let limit): limit
      }
    }
  }

  /// A moving average of the variables (`use_ema`).
  public struct MovingAverage: Hashable, Sendable {
    /// How much of the average remains in each step, in `0...1`.
    public var momentum: Double

    /// After how many updates the variables are set to their averages; `nil` if only
    /// ``Optimizer/finalizeVariableValues()`` does that.
    public var overwriteFrequency: Int?

    /// Describes an average.
    ///
    /// - Parameters:
    ///   - momentum: How much of the average remains in each step, in `0...1`.
    ///   - overwriteFrequency: After how many updates the variables are set to their averages.
    public init(momentum: Double = 0.99, overwriteFrequency: Int? = nil) {
      self.momentum = momentum
      self.overwriteFrequency = overwriteFrequency
    }
  }

  /// Creates options.
  ///
  /// - Parameters:
  ///   - schedule: How the learning rate changes from step to step; the optimizer's learning rate
  ///     then does not count.
  ///   - clipping: How gradients that are too large are made smaller.
  ///   - weightDecay: What part of each variable, times the learning rate, is subtracted from it.
  ///   - movingAverage: The moving average of the variables that is kept.
  ///   - gradientAccumulationSteps: Of how many steps the gradients are averaged for one update.
  public init(
    schedule: (any LearningRateSchedule)? = nil, clipping: Clipping? = nil,
    weightDecay: Double? = nil, movingAverage: MovingAverage? = nil,
    gradientAccumulationSteps: Int? = nil
  ) {
    self.schedule = schedule
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.movingAverage = movingAverage
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  /// Checks the options: invalid values are programmer errors.
  func check(file: StaticString, line: UInt) {
    require(
      clipping.map { $0.limit > 0 } ?? true,
      "`clipping` must have a limit greater than 0, but has \(clipping?.limit ?? 0).", file: file,
      line: line)
    require(
      movingAverage.map { (0...1).contains($0.momentum) } ?? true,
      "`movingAverage.momentum` must be from 0 to 1, but is \(movingAverage?.momentum ?? 0).",
      file: file, line: line)
    require(
      movingAverage?.overwriteFrequency.map { $0 > 0 } ?? true,
      """
      `movingAverage.overwriteFrequency` must be at least 1, but is \
      \(movingAverage?.overwriteFrequency ?? 0).
      """, file: file, line: line)
    require(
      gradientAccumulationSteps.map { $0 >= 2 } ?? true,
      "`gradientAccumulationSteps` must be at least 2, but is \(gradientAccumulationSteps ?? 0).",
      file: file, line: line)
  }

  /// The options that are used, as Keras writes them.
  var config: [String: JSON] {
    var config: [String: JSON] = [:]
    switch clipping {
    case .norm(let limit): config["clipnorm"] = .number(limit)
    case .value(let limit): config["clipvalue"] = .number(limit)
    case .globalNorm(let limit): config["global_clipnorm"] = .number(limit)
    case nil: break
    }
    config["weight_decay"] = weightDecay.map { .number($0) }
    if let movingAverage {
      config["use_ema"] = .bool(true)
      config["ema_momentum"] = .number(movingAverage.momentum)
      config["ema_overwrite_frequency"] = movingAverage.overwriteFrequency.map { .integer($0) }
    }
    config["gradient_accumulation_steps"] = gradientAccumulationSteps.map { .integer($0) }
    return config
  }
}
