import JSON
import Preconditions

/// The options common to all optimizers; all are off by default.
///
/// They are arguments of every optimizer, with Keras's names:
///
/// ```swift
/// let optimizer = Adam(learningRate: 0.001, weightDecay: 0.004, clipnorm: 1, useEMA: true)
/// print(optimizer.options.clipnorm ?? 0, optimizer.options.emaMomentum)  // 1.0 0.99
/// ```
///
/// Source: keras/src/optimizers/base_optimizer.py.
public struct OptimizerOptions: Hashable, Sendable {
  /// The weight decay: each update subtracts learning rate · weight decay · variable.
  public internal(set) var weightDecay: Double?

  /// The limit on the L2 norm of each variable's gradient, greater than 0.
  public internal(set) var clipnorm: Double?

  /// The limit on the absolute value of each element of the gradients, greater than 0.
  public internal(set) var clipvalue: Double?

  /// The limit on the L2 norm of all gradients together, greater than 0.
  public internal(set) var globalClipnorm: Double?

  /// Whether to keep an exponential moving average (EMA) of the variables.
  public internal(set) var useEMA = false

  /// The momentum of the moving average, in `0...1`: average = momentum · average +
  /// (1 − momentum) · variable.
  public internal(set) var emaMomentum = 0.99

  /// The number of updates after which the variables are overwritten by their averages; `nil`
  /// overwrites them only in ``Optimizer/finalizeVariableValues()``.
  public internal(set) var emaOverwriteFrequency: Int?

  /// The number of steps whose gradients are averaged for one update, at least 2; `nil` updates in
  /// every step.
  public internal(set) var gradientAccumulationSteps: Int?

  /// The limits on gradients that are given, with Keras's names in Swift.
  var clippings: [(name: String, limit: Double)] {
    [("clipnorm", clipnorm), ("clipvalue", clipvalue), ("globalClipnorm", globalClipnorm)]
      .compactMap { name, limit in limit.map { (name, $0) } }
  }

  /// Checks the options: invalid values are programmer errors.
  func check(file: StaticString, line: UInt) {
    let given = clippings.map { "`\($0.name)` \($0.limit)" }
    require(
      given.count <= 1,
      "Only one of `clipnorm`, `clipvalue` and `globalClipnorm` may be given, but there are "
        + given.joined(separator: " and ") + ".", file: file, line: line)
    for (name, limit) in clippings {
      require(
        limit > 0, "`\(name)` must be greater than 0, but is \(limit).", file: file, line: line)
    }
    require(
      (0...1).contains(emaMomentum), "`emaMomentum` must be from 0 to 1, but is \(emaMomentum).",
      file: file, line: line)
    let (frequency, steps) = (emaOverwriteFrequency, gradientAccumulationSteps)
    require(
      frequency.map { $0 > 0 } ?? true,
      "`emaOverwriteFrequency` must be at least 1, but is \(frequency ?? 0).", file: file,
      line: line)
    require(
      steps.map { $0 >= 2 } ?? true,
      "`gradientAccumulationSteps` must be at least 2, but is \(steps ?? 0).", file: file,
      line: line)
  }

  /// The options in use, in Keras's form.
  var config: JSON.Object {
    var config: JSON.Object = [
      "clipnorm": clipnorm.map(JSON.number), "clipvalue": clipvalue.map(JSON.number),
      "global_clipnorm": globalClipnorm.map(JSON.number),
      "weight_decay": weightDecay.map(JSON.number),
      "gradient_accumulation_steps": gradientAccumulationSteps.map(JSON.integer),
    ]
    if useEMA {
      config["use_ema"] = .bool(true)
      config["ema_momentum"] = .number(emaMomentum)
      config["ema_overwrite_frequency"] = emaOverwriteFrequency.map(JSON.integer)
    }
    return config
  }
}
