import Preconditions
import Tensors

/// A learning rate that is multiplied by a factor every so many steps.
public struct ExponentialDecay: LearningRateSchedule {
  /// The learning rate of the first step.
  public let initialLearningRate: Double

  /// After how many steps the factor has acted once, more than 0.
  public let decaySteps: Double

  /// The factor.
  public let decayRate: Double

  /// Whether the learning rate jumps, instead of changing in each step.
  public let staircase: Bool

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The learning rate of the first step.
  ///   - decaySteps: After how many steps the factor has acted once, more than 0.
  ///   - decayRate: The factor, more than 0.
  ///   - staircase: Whether the learning rate jumps, instead of changing in each step.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    initialLearningRate: Double, decaySteps: Double, decayRate: Double, staircase: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      decaySteps > 0 && decayRate > 0,
      """
      ExponentialDecay: `decaySteps` and `decayRate` must be greater than 0, but are \
      \(decaySteps) and \(decayRate).
      """, file: file, line: line)
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": .count(decaySteps),
      "decay_rate": .number(decayRate), "staircase": .bool(staircase),
      "name": .string("ExponentialDecay"),
    ]
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    var part = Float(step) / Float(decaySteps)
    if staircase { part.round(.down) }
    return Float(initialLearningRate) * Elementary.power(Float(decayRate), part)
  }
}

extension ExponentialDecay: KerasSchedule {
  /// Creates a schedule with the options of a file.
  package init(_ reader: SettingsReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      decayRate: try reader.positiveNumber("decay_rate"),
      staircase: try reader.bool("staircase", default: false))
  }
}
