import Preconditions
public import Tensors

/// Brings each example to the mean 0 and the variance 1 along the last axes, then scales and shifts
/// it.
///
/// Source: J. Ba, J. Kiros, G. Hinton, *Layer Normalization*, 2016.
public final class LayerNormalization: Layer {
  /// The axes that are normalized together, counted with the batch; negative ones count from the
  /// end.
  public let axes: [Int]

  /// What is added to the variance.
  public let epsilon: Double

  /// Whether the elements are shifted by a learned `beta`.
  public let center: Bool

  /// Whether the elements are scaled by a learned `gamma`.
  public let scale: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axes: The axes that are normalized together, counted with the batch, which is not one of
  ///     them; they have to be the last ones.
  ///   - epsilon: What is added to the variance, at least 0.
  ///   - center: Whether the elements are shifted by a learned `beta`.
  ///   - scale: Whether the elements are scaled by a learned `gamma`.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    axes: [Int] = [-1], epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(!axes.isEmpty, "LayerNormalization: `axes` must not be empty.", file: file, line: line)
    require(
      epsilon >= 0 && epsilon.isFinite,
      "`epsilon` must be finite and at least 0, but is \(epsilon).", file: file, line: line)
    self.axes = axes
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    super.init(name: name)
  }

  /// The scales, of the shape of the axes, if there are any.
  ///
  /// - Precondition: The layer is built.
  public var gamma: Variable? { scale ? weight(0) : nil }

  /// The shifts, of the shape of the axes, if there are any.
  ///
  /// - Precondition: The layer is built.
  public var beta: Variable? { center ? weight(scale ? 1 : 0) : nil }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] {
    var config: [String: JSON] = [:]
    if axes != [-1] { config["axis"] = .array(axes.map(JSON.integer)) }
    if epsilon != 1e-3 { config["epsilon"] = .option(epsilon) }
    if !center { config["center"] = .bool(false) }
    if !scale { config["scale"] = .bool(false) }
    return config
  }

  /// Scale and shift.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let rank = inputShape.count + 1
    let positions = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    guard positions == Set(rank - axes.count..<rank), !positions.contains(0) else {
      throw ShapeError(
        self, "normalizes the axes \(axes) of \(rank); only the last ones are supported")
    }
    let shape = Shape(inputShape.suffix(axes.count))
    let gamma = WeightSpecification("gamma", shape: shape, initializer: .ones)
    let beta = WeightSpecification("beta", shape: shape, initializer: .zeros)
    return (scale ? [gamma] : []) + (center ? [beta] : [])
  }

  /// Normalizes.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.layerNormalized(
      axes: axes.count, gamma: gamma?.value, beta: beta?.value, epsilon: Float(epsilon))
  }
}

extension LayerNormalization {
  /// Makes a layer with the options of a file.
  convenience init(_ reader: ConfigReader) throws(KerasError) {
    // What Keras deprecates: it divides by the deviation without subtracting the mean.
    try reader.require("rms_scaling", .bool(false))
    let axes = try reader.integers("axis", in: -8...8) ?? [-1]
    guard !axes.isEmpty else {
      throw .option(layer: reader.layer, key: "axis", problem: "names no axis")
    }
    self.init(
      axes: axes, epsilon: try reader.number("epsilon", default: 1e-3, in: 0...),
      center: try reader.bool("center", default: true),
      scale: try reader.bool("scale", default: true), name: reader.layer)
  }
}
