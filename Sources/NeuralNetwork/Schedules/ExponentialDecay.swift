import Tensors

/// Exponential decay of the learning rate: multiplied by the decay rate every `decaySteps` steps.
///
/// ```swift
/// let schedule = ExponentialDecay(
///   initialLearningRate: 0.1, decaySteps: 1000, decayRate: 0.5, staircase: true)
/// let rates = [999, 1000, 2000].map { schedule($0) }  // 0.1, 0.05, 0.025
/// ```
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
