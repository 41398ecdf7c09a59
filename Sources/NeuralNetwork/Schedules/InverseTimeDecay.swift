public import JSON
import Preconditions

/// Inverse time decay: the initial learning rate divided by 1 + decayRate · step / decaySteps.
public struct InverseTimeDecay: LearningRateSchedule {
  /// The initial learning rate.
  public let initialLearningRate: Double

  /// The number of steps in which the divisor grows by the decay rate, greater than 0.
  public let decaySteps: Double

  /// The decay rate, the growth of the divisor in `decaySteps` steps.
  public let decayRate: Double

  /// Whether to decay in discrete intervals of `decaySteps` steps instead of continuously.
  public let staircase: Bool

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The initial learning rate.
  ///   - decaySteps: The number of steps in which the divisor grows by the decay rate, greater than
  ///     0.
  ///   - decayRate: The decay rate, the growth of the divisor in `decaySteps` steps.
  ///   - staircase: Whether to decay in discrete intervals of `decaySteps` steps instead of
  ///     continuously.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    initialLearningRate: Double, decaySteps: Double, decayRate: Double, staircase: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      decaySteps > 0,
      """
      InverseTimeDecay: `decaySteps` must be at least 1, but is \(decaySteps).
      """, file: file, line: line)
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  /// The config in Keras's form.
  public var config: [String: JSON] {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": .count(decaySteps),
      "decay_rate": .number(decayRate), "staircase": .bool(staircase),
      "name": .string("InverseTimeDecay"),
    ]
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    var part = Float(step) / Float(decaySteps)
    if staircase { part.round(.down) }
    return Float(initialLearningRate) / (1 + Float(decayRate) * part)
  }
}

extension InverseTimeDecay: KerasSchedule {
  /// Creates a schedule with the options of a file.
  package init(_ reader: SettingsReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      decayRate: try reader.number("decay_rate"),
      staircase: try reader.bool("staircase", default: false))
  }
}
