import Tensors

/// Exponential decay of the learning rate: multiplied by the decay rate every `decaySteps` steps.
public struct ExponentialDecay: StaircaseDecay, KerasSchedule {
  /// The options of the decay.
  public let options: StaircaseDecayOptions

  /// Creates a schedule with the options of the decay.
  ///
  /// - Parameters:
  ///   - options: The options.
  ///   - file: The source file reported for an invalid option; defaults to the caller's.
  ///   - line: The source line reported for an invalid option; defaults to the caller's.
  public init(
    _ options: StaircaseDecayOptions, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.options = options
    checkOptions(file: file, line: line)
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    Float(initialLearningRate) * Elementary.power(Float(decayRate), decays(step))
  }
}
