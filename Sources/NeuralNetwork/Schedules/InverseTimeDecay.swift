import Preconditions

/// A learning rate that is divided by a number that grows evenly.
public struct InverseTimeDecay: LearningRateSchedule {
  /// The learning rate of the first step.
  public let initialLearningRate: Double

  /// In how many steps the divisor grows by the rate, more than 0.
  public let decaySteps: Double

  /// By how much the divisor grows.
  public let decayRate: Double

  /// Whether the learning rate jumps, instead of changing in each step.
  public let staircase: Bool

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The learning rate of the first step.
  ///   - decaySteps: In how many steps the divisor grows by the rate, more than 0.
  ///   - decayRate: By how much the divisor grows.
  ///   - staircase: Whether the learning rate jumps, instead of changing in each step.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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

  /// The options, as Keras writes them.
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
