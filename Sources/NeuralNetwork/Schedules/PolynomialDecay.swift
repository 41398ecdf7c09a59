public import JSON
import Preconditions
import Tensors

/// Polynomial decay of the learning rate to an end value.
///
/// ```swift
/// let schedule = PolynomialDecay(
///   initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0.02, power: 1)
/// let rates = [0, 50, 100, 200].map { schedule($0) }  // 0.1, 0.06, 0.02, 0.02
/// ```
public struct PolynomialDecay: LearningRateSchedule {
  /// The initial learning rate.
  public let initialLearningRate: Double

  /// The number of decay steps, greater than 0.
  public let decaySteps: Double

  /// The learning rate at the end of the decay.
  public let endLearningRate: Double

  /// The power of the polynomial.
  public let power: Double

  /// Whether to restart the decay after its end, with a multiple of `decaySteps`.
  public let cycle: Bool

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The initial learning rate.
  ///   - decaySteps: The number of decay steps, greater than 0.
  ///   - endLearningRate: The learning rate at the end of the decay.
  ///   - power: The power of the polynomial, greater than 0.
  ///   - cycle: Whether to restart the decay after its end, with a multiple of `decaySteps`.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
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
    (self.initialLearningRate, self.decaySteps) = (initialLearningRate, decaySteps)
    self.endLearningRate = endLearningRate
    self.power = power
    self.cycle = cycle
  }

  /// The config in Keras's form.
  public var config: JSON.Object {
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
  package init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      endLearningRate: try reader.number("end_learning_rate", default: 0.0001),
      power: try reader.positiveNumber("power", default: 1),
      cycle: try reader.bool("cycle", default: false))
  }
}
