import Tensors

/// Exponential decay of the learning rate: multiplied by the decay rate every `decaySteps` steps.
public struct ExponentialDecay: StaircaseDecay, KerasSchedule {
  /// The options of the decay.
  public let options: StaircaseDecayOptions

  /// Creates a schedule with the options of the decay.
  public init(_ options: StaircaseDecayOptions) { self.options = options }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    Float(initialLearningRate) * Elementary.power(Float(decayRate), decays(step))
  }
}
