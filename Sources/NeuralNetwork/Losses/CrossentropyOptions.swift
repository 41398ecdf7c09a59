/// The options common to the cross-entropies.
///
/// See ``Crossentropy`` for an example.
public struct CrossentropyOptions: Hashable, Sendable {
  /// Whether predictions are logits; otherwise, they are probabilities.
  public let fromLogits: Bool

  /// The label smoothing, in `0...1`.
  public let labelSmoothing: Float

  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction
}
