public import JSON
import Preconditions
import Tensors

/// Cosine decay of the learning rate, optionally after a linear warmup.
///
/// Source: I. Loshchilov, F. Hutter, *SGDR*, ICLR 2017.
///
/// ```swift
/// let schedule = CosineDecay(initialLearningRate: 0.1, decaySteps: 1000)
/// let rates = [0, 500, 1000].map { schedule($0) }  // 0.1, 0.05, 0
/// let optimizer = SGD(learningRate: schedule, momentum: 0.9)
/// ```
public struct CosineDecay: LearningRateSchedule {
  /// The initial learning rate.
  public let initialLearningRate: Double

  /// The number of decay steps, greater than 0.
  public let decaySteps: Double

  /// The final learning rate as a fraction of the learning rate at the start of the decay.
  public let alpha: Double

  /// The learning rate at the end of the warmup; `nil` for no warmup.
  public let warmupTarget: Double?

  /// The number of warmup steps, at least 0.
  public let warmupSteps: Double

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The initial learning rate.
  ///   - decaySteps: The number of decay steps, greater than 0.
  ///   - alpha: The final learning rate as a fraction of the learning rate at the start of the
  ///     decay.
  ///   - warmupTarget: The learning rate at the end of the warmup; `nil` for no warmup.
  ///   - warmupSteps: The number of warmup steps, at least 0.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    initialLearningRate: Double, decaySteps: Double, alpha: Double = 0,
    warmupTarget: Double? = nil, warmupSteps: Double = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      decaySteps > 0 && warmupSteps >= 0,
      """
      CosineDecay: `decaySteps` must be at least 1 and `warmupSteps` at least 0, but they are \
      \(decaySteps) and \(warmupSteps).
      """, file: file, line: line)
    (self.initialLearningRate, self.decaySteps) = (initialLearningRate, decaySteps)
    (self.alpha, self.warmupTarget, self.warmupSteps) = (alpha, warmupTarget, warmupSteps)
  }

  /// The config in Keras's form; the warmup options only with a warmup.
  public var config: JSON.Object {
    var config: JSON.Object = [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": .count(decaySteps),
      "alpha": .number(alpha), "name": .string("CosineDecay"),
    ]
    if let warmupTarget {
      config["warmup_target"] = .number(warmupTarget)
      config["warmup_steps"] = .count(warmupSteps)
    }
    return config
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    let (step, steps, first) = (Float(step), Float(decaySteps), Float(initialLearningRate))
    guard let warmupTarget else { return falling(min(step, steps), from: first) }
    let (target, rise) = (Float(warmupTarget), Float(warmupSteps))
    let limited = min(step, steps + rise)
    return limited < rise
      ? (target - first) * (limited / rise) + first : falling(limited - rise, from: target)
  }

  private func falling(_ step: Float, from rate: Float) -> Float {
    let wave = 0.5 * (1 + Elementary.cosine(Elementary.pi * (step / Float(decaySteps))))
    return rate * (Float(1 - alpha) * wave + Float(alpha))
  }
}

extension CosineDecay: KerasSchedule {
  /// Creates a schedule with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      alpha: try reader.number("alpha", default: 0),
      warmupTarget: try reader.optionalNumber("warmup_target"),
      warmupSteps: try reader.number("warmup_steps", default: 0, in: 0...1e15))
  }
}
