import Preconditions
import Tensors

/// A learning rate that falls along half a wave, after it has risen evenly if that is asked for.
///
/// Source: I. Loshchilov, F. Hutter, *SGDR*, ICLR 2017.
public struct CosineDecay: LearningRateSchedule {
  /// The learning rate of the first step.
  public let initialLearningRate: Double

  /// In how many steps the learning rate falls, more than 0.
  public let decaySteps: Double

  /// What part of the learning rate remains at the end.
  public let alpha: Double

  /// The learning rate up to which it first rises; `nil` if it does not rise.
  public let warmupTarget: Double?

  /// In how many steps it rises, at least 0.
  public let warmupSteps: Double

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The learning rate of the first step.
  ///   - decaySteps: In how many steps the learning rate falls, more than 0.
  ///   - alpha: What part of the learning rate remains at the end.
  ///   - warmupTarget: The learning rate up to which it first rises; `nil` if it does not rise.
  ///   - warmupSteps: In how many steps it rises, at least 0.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.alpha = alpha
    self.warmupTarget = warmupTarget
    self.warmupSteps = warmupSteps
  }

  /// The options, as Keras writes them; those of the rise only if it rises.
  public var config: [String: JSON] {
    var config: [String: JSON] = [
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
  package init(_ reader: SettingsReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      alpha: try reader.number("alpha", default: 0),
      warmupTarget: try reader.optionalNumber("warmup_target"),
      warmupSteps: try reader.number("warmup_steps", default: 0, in: 0...1e15))
  }
}
