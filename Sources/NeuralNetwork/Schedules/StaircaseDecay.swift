public import JSON
import Preconditions

/// A decay of the learning rate by a rate every `decaySteps` steps, continuously or in a staircase.
///
/// See ``ExponentialDecay`` for an example.
public protocol StaircaseDecay: LearningRateSchedule {
  /// The options of the decay.
  var options: StaircaseDecayOptions { get }

  /// Creates a schedule with the options of the decay; an invalid one is a programmer error.
  init(_ options: StaircaseDecayOptions, file: StaticString, line: UInt)

  /// Whether the decay rate must be greater than 0, which is the default.
  static var needsPositiveDecayRate: Bool { get }
}

extension StaircaseDecay {
  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The initial learning rate.
  ///   - decaySteps: The number of steps after which the decay rate has been applied once, greater
  ///     than 0.
  ///   - decayRate: The decay rate; for ``ExponentialDecay``, greater than 0.
  ///   - staircase: Whether to decay in discrete intervals of `decaySteps` steps instead of
  ///     continuously.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    initialLearningRate: Double, decaySteps: Double, decayRate: Double, staircase: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      StaircaseDecayOptions(
        initialLearningRate: initialLearningRate, decaySteps: decaySteps, decayRate: decayRate,
        staircase: staircase), file: file, line: line)
  }

  /// Checks the options: an invalid one is a programmer error.
  func checkOptions(file: StaticString, line: UInt) {
    require(
      decaySteps > 0,
      "\(Self.className): `decaySteps` must be greater than 0, but is \(decaySteps).", file: file,
      line: line)
    require(
      decayRate > 0 || !Self.needsPositiveDecayRate,
      "\(Self.className): `decayRate` must be greater than 0, but is \(decayRate).", file: file,
      line: line)
  }

  /// `true`.
  public static var needsPositiveDecayRate: Bool { true }

  /// The initial learning rate.
  public var initialLearningRate: Double { options.initialLearningRate }

  /// The number of steps after which the decay rate has been applied once.
  public var decaySteps: Double { options.decaySteps }

  /// The decay rate.
  public var decayRate: Double { options.decayRate }

  /// Whether to decay in discrete intervals of `decaySteps` steps instead of continuously.
  public var staircase: Bool { options.staircase }

  /// The config in Keras's form.
  public var config: JSON.Object {
    [
      "initial_learning_rate": .number(initialLearningRate), "decay_steps": .count(decaySteps),
      "decay_rate": .number(decayRate), "staircase": .bool(staircase),
      "name": .string(Self.className),
    ]
  }

  /// How often the decay rate has been applied before a step.
  func decays(_ step: Int) -> Float {
    let part = Float(step) / Float(decaySteps)
    return staircase ? part.rounded(.down) : part
  }
}

extension KerasSchedule where Self: StaircaseDecay {
  /// Creates a schedule with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      decaySteps: try reader.positiveNumber("decay_steps"),
      decayRate: try Self.needsPositiveDecayRate
        ? reader.positiveNumber("decay_rate") : reader.number("decay_rate"),
      staircase: try reader.bool("staircase", default: false))
  }
}
