/// A learning rate: a number, or a ``LearningRateSchedule`` that computes one for each step.
///
/// `Float`, `Double`, `Int` and every schedule are learning rates:
///
/// ```swift
/// let constant = Adam(learningRate: 1e-4)
/// let falling = SGD(learningRate: CosineDecay(initialLearningRate: 0.1, decaySteps: 1000))
/// ```
///
/// A type of your own conforms to ``LearningRateSchedule``.
public protocol LearningRate: Sendable {}

extension Float: LearningRate {}

extension Double: LearningRate {}

extension Int: LearningRate {}

extension LearningRate {
  /// The constant learning rate; `nil` for a schedule.
  var constant: Float? {
    switch self {
    case let rate as Float: rate
    case let rate as Double: Float(rate)
    case let rate as Int: Float(rate)
    default: nil
    }
  }
}
