public import JSON
import Preconditions
public import Tensors

/// The base class of normalization layers with a learned scale and offset.
///
/// See ``LayerNormalization`` for an example.
public class BaseNormalization: Layer {
  /// ε, a small constant added to the variance for numerical stability.
  public final let epsilon: Double

  /// Whether to add the learned offset `beta`.
  public final let center: Bool

  /// Whether to multiply by the learned factor `gamma`.
  public final let scale: Bool

  /// Creates a layer, and checks `epsilon`.
  init(
    epsilon: Double, center: Bool, scale: Bool, name: String?, file: StaticString, line: UInt
  ) {
    require(
      epsilon >= 0 && epsilon.isFinite,
      "`epsilon` must be finite and at least 0, but is \(epsilon).", file: file, line: line)
    (self.epsilon, self.center, self.scale) = (epsilon, center, scale)
    super.init(name: name)
  }

  /// The scale factors, with the extents of the normalized axes; `nil` if `scale` is `false`.
  ///
  /// - Precondition: The layer is built.
  public final var gamma: Variable? { scale ? weight(0) : nil }

  /// The offsets, with the extents of the normalized axes; `nil` if `center` is `false`.
  ///
  /// - Precondition: The layer is built.
  public final var beta: Variable? { center ? weight(scale ? 1 : 0) : nil }

  /// The weights gamma and beta, as far as the layer has them.
  final func scaleAndOffset(_ shape: Shape) -> [WeightSpecification] {
    let gamma = WeightSpecification("gamma", shape: shape, initializer: .ones)
    let beta = WeightSpecification("beta", shape: shape, initializer: .zeros)
    return (scale ? [gamma] : []) + (center ? [beta] : [])
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [:]
    if epsilon != 1e-3 { config["epsilon"] = .option(epsilon) }
    if !center { config["center"] = .bool(false) }
    if !scale { config["scale"] = .bool(false) }
    return config
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }
}
