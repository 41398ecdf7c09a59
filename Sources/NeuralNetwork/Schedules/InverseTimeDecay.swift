/// Inverse time decay: the initial learning rate divided by 1 + decayRate · step / decaySteps.
///
/// ```swift
/// let schedule = InverseTimeDecay(initialLearningRate: 0.1, decaySteps: 100, decayRate: 1)
/// let rates = [0, 100, 300].map { schedule($0) }  // 0.1, 0.1 / 2, 0.1 / 4
/// ```
public struct InverseTimeDecay: StaircaseDecay, KerasSchedule {
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
    Float(initialLearningRate) / (1 + Float(decayRate) * decays(step))
  }

  /// `false`: the divisor may shrink.
  public static var needsPositiveDecayRate: Bool { false }
}
