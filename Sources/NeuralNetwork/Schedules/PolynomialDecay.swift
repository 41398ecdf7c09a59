import Preconditions
import Tensors

/// A learning rate that falls to another one along a power of the time that is left.
public struct PolynomialDecay: LearningRateSchedule {
  /// The learning rate of the first step.
  public let initialLearningRate: Double

  /// After how many steps the end is reached, more than 0.
  public let decaySteps: Double

  /// The learning rate at the end.
  public let endLearningRate: Double

  /// The power.
  public let power: Double

  /// Whether the learning rate rises again after the end, to fall more slowly.
  public let cycle: Bool

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The learning rate of the first step.
  ///   - decaySteps: After how many steps the end is reached, more than 0.
  ///   - endLearningRate: The learning rate at the end.
  ///   - power: The power, more than 0.
  ///   - cycle: Whether the learning rate rises again after the end, to fall more slowly.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    initialLearningRate: Double, decaySteps: Double, endLearningRate: Double = 0.0001,
    power: Double = 1, cycle: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      decaySteps > 0 && power > 0,
      """
      PolynomialDecay: `decaySteps` and `power` must be greater than 0, but are \(decaySteps) and \
      \(power).
      """, file: file, line: line)
    self.initialLearningRate = initialLearningRate
    self.decaySteps = decaySteps
    self.endLearningRate = endLearningRate
    self.power = power
    self.cycle = cycle
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": .count(decaySteps),
      "end_learning_rate": .number(endLearningRate), "power": .number(power),
      "cycle": .bool(cycle), "name": .string("PolynomialDecay"),
    ]
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    let end = Float(endLearningRate)
    var (step, steps) = (Float(step), Float(decaySteps))
    if cycle {
      steps *= step == 0 ? 1 : (step / steps).rounded(.up)
    } else {
      step = min(step, steps)
    }
    let left = Elementary.power(1 - step / steps, Float(power))
    return (Float(initialLearningRate) - end) * left + end
  }
}

extension PolynomialDecay: KerasSchedule {
  /// Creates a schedule with the options of a file.
  package init(_ reader: SettingsReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      endLearningRate: try reader.number("end_learning_rate", default: 0.0001),
      power: try reader.positiveNumber("power", default: 1),
      cycle: try reader.bool("cycle", default: false))
  }
}
