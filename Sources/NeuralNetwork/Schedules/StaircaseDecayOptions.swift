/// The options of a ``StaircaseDecay``.
///
/// See ``ExponentialDecay`` for an example.
public struct StaircaseDecayOptions: Hashable, Sendable {
  /// The initial learning rate.
  public let initialLearningRate: Double

  /// The number of steps after which the decay rate has been applied once, greater than 0.
  public let decaySteps: Double

  /// The decay rate.
  public let decayRate: Double

  /// Whether to decay in discrete intervals of `decaySteps` steps instead of continuously.
  public let staircase: Bool
}
