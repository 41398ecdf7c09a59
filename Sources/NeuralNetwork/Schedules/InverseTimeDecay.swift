/// Inverse time decay: the initial learning rate divided by 1 + decayRate · step / decaySteps.
public struct InverseTimeDecay: StaircaseDecay, KerasSchedule {
  /// The options of the decay.
  public let options: StaircaseDecayOptions

  /// Creates a schedule with the options of the decay.
  public init(_ options: StaircaseDecayOptions) { self.options = options }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    Float(initialLearningRate) / (1 + Float(decayRate) * decays(step))
  }

  /// `false`: the divisor may shrink.
  public static var needsPositiveDecayRate: Bool { false }
}
