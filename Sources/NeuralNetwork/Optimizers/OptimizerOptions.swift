import JSON
import Preconditions

/// Options common to all optimizers; all are off by default.
///
/// They are: learning rate schedule, gradient clipping, weight decay, moving averages (EMA) and
/// gradient accumulation.
///
///     let optimizer = Adam(options: OptimizerOptions(clipping: .norm(1), weightDecay: 0.004))
///
/// Source: keras/src/optimizers/base_optimizer.py.
public struct OptimizerOptions: Sendable {
  /// The learning rate schedule; `nil` for a constant learning rate.
  public var schedule: (any LearningRateSchedule)?

  /// The gradient clipping; the argument is the limit.
  public var clipping: Clipping?

  /// The weight decay: each update subtracts learning rate · weight decay · variable.
  public var weightDecay: Double?

  /// The moving average (EMA) of the variables.
  public var movingAverage: MovingAverage?

  /// The number of steps whose gradients are averaged for one update, at least 2; `nil` updates in
  /// every step.
  public var gradientAccumulationSteps: Int?

  /// The gradient clipping; the argument is the limit.
  public enum Clipping: Hashable, Sendable {
    /// Clips the L2 norm of each variable's gradient (Keras's `clipnorm`).
    case norm(Double)

    /// Clips each element of the gradients to ± the limit (`clipvalue`).
    case value(Double)

    /// Clips the L2 norm of all gradients together (`global_clipnorm`).
    case globalNorm(Double)

    /// The limit, greater than 0.
    var limit: Double {
      switch self {
      case .norm(let limit), .value(let limit), .globalNorm(let limit): limit
      }
    }
  }

  /// An exponential moving average (EMA) of the variables (Keras's `use_ema`).
  public struct MovingAverage: Hashable, Sendable {
    /// The momentum, in `0...1`: average = momentum · average + (1 − momentum) · variable.
    public var momentum: Double

    /// The number of updates after which the variables are overwritten by their averages; `nil`
    /// overwrites them only in ``Optimizer/finalizeVariableValues()``.
    public var overwriteFrequency: Int?

    /// Creates the options of a moving average.
    ///
    /// - Parameters:
    ///   - momentum: The momentum, in `0...1`.
    ///   - overwriteFrequency: The number of updates after which the variables are overwritten by
    ///     their averages.
    public init(momentum: Double = 0.99, overwriteFrequency: Int? = nil) {
      self.momentum = momentum
      self.overwriteFrequency = overwriteFrequency
    }
  }

  /// Creates options.
  ///
  /// - Parameters:
  ///   - schedule: The learning rate schedule; if given, the optimizer's learning rate is ignored.
  ///   - clipping: The gradient clipping.
  ///   - weightDecay: The weight decay: each update subtracts learning rate · weight decay ·
  ///     variable.
  ///   - movingAverage: The moving average (EMA) of the variables.
  ///   - gradientAccumulationSteps: The number of steps whose gradients are averaged for one
  ///     update, at least 2; `nil` updates in every step.
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

  /// The options in use, in Keras's form.
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
