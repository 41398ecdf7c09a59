import Preconditions
public import Tensors

/// Brings each channel to the mean 0 and the variance 1, then scales and shifts it.
///
/// In training mean and variance are those of the batch, and moving averages of them are kept;
/// otherwise, and in training too if the layer is frozen (``Layer/isTrainable``), they are the
/// moving averages.
///
/// Source: S. Ioffe, C. Szegedy, *Batch Normalization*, ICML 2015; the moving variance is that of
/// the batch (divided by the number of rows), as in Keras. Channels are the last axis unless another one
/// is named.
public final class BatchNormalization: Layer {
  /// The axis that is normalized, counted with the batch; −1 is the last one.
  public let axis: Int

  /// How much of the moving averages remains at each step.
  public let momentum: Double

  /// What is added to the variance.
  public let epsilon: Double

  /// Whether the channels are shifted by a learned `beta`.
  public let center: Bool

  /// Whether the channels are scaled by a learned `gamma`.
  public let scale: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axis: The axis that is normalized, counted with the batch, which is not one of
  ///     them; negative ones count from the end.
  ///   - momentum: How much of the moving averages remains at each step, in `0...1`.
  ///   - epsilon: What is added to the variance, at least 0.
  ///   - center: Whether the channels are shifted by a learned `beta`.
  ///   - scale: Whether the channels are scaled by a learned `gamma`.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true,
    scale: Bool = true, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      (0...1).contains(momentum),
      "BatchNormalization: `momentum` must be from 0 to 1, but is \(momentum).", file: file,
      line: line)
    require(
      epsilon >= 0 && epsilon.isFinite,
      "`epsilon` must be finite and at least 0, but is \(epsilon).", file: file, line: line)
    self.axis = axis
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    super.init(name: name)
  }

  /// The scales, of shape `[channels]`, if there are any.
  ///
  /// - Precondition: The layer is built.
  public var gamma: Variable? { scale ? weight(0) : nil }

  /// The shifts, of shape `[channels]`, if there are any.
  ///
  /// - Precondition: The layer is built.
  public var beta: Variable? { center ? weight(scale ? 1 : 0) : nil }

  /// The moving average of the means, of shape `[channels]`; not trained.
  ///
  /// - Precondition: The layer is built.
  public var movingMean: Variable { weight(weights.count - 2) }

  /// The moving average of the variances, of shape `[channels]`; not trained.
  ///
  /// - Precondition: The layer is built.
  public var movingVariance: Variable { weight(weights.count - 1) }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] {
    var config: [String: JSON] = [:]
    if axis != -1 { config["axis"] = .integer(axis) }
    if momentum != 0.99 { config["momentum"] = .option(momentum) }
    if epsilon != 1e-3 { config["epsilon"] = .option(epsilon) }
    if !center { config["center"] = .bool(false) }
    if !scale { config["scale"] = .bool(false) }
    return config
  }

  /// Scale, shift and the moving averages.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let rank = inputShape.count + 1
    guard (1..<rank).contains(position(rank: rank)) else {
      throw ShapeError(self, "normalizes the axis \(axis), which the input \(inputShape) has not")
    }
    let channels = inputShape[position(rank: rank) - 1]
    let gamma = WeightSpecification("gamma", shape: [channels], initializer: .ones)
    let beta = WeightSpecification("beta", shape: [channels], initializer: .zeros)
    return (scale ? [gamma] : []) + (center ? [beta] : []) + [
      WeightSpecification(
        "moving_mean", shape: [channels], initializer: .zeros, isTrainable: false),
      WeightSpecification(
        "moving_variance", shape: [channels], initializer: .ones, isTrainable: false),
    ]
  }

  /// The axis, counted from the batch.
  private func position(rank: Int) -> Int { axis < 0 ? axis + rank : axis }

  /// Normalizes; in training, the moving averages change.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let position = position(rank: x.rank)
    guard position != x.rank - 1 else { return normalized(x, training: training) }
    let order = x.shape.indices.filter { $0 != position } + [position]
    let back = x.shape.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    return normalized(x.transposed(order), training: training).transposed(back)
  }

  /// Normalizes channels along the last axis.
  private func normalized(_ x: Tensor, training: Bool) -> Tensor {
    let (gamma, beta) = (gamma?.value, beta?.value)
    guard training && isTrainable else {
      return x.normalized(
        mean: movingMean.value, variance: movingVariance.value, gamma: gamma, beta: beta,
        epsilon: Float(epsilon))
    }
    let batch = x.batchNormalized(gamma: gamma, beta: beta, epsilon: Float(epsilon))
    for (average, value) in [(movingMean, batch.mean), (movingVariance, batch.variance)] {
      average.value = average.value * Float(momentum) + value * Float(1 - momentum)
    }
    return batch.output
  }
}

extension BatchNormalization: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] {
    ["gamma", "beta", "moving_mean", "moving_variance"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.require("renorm", .bool(false))
    try reader.require("virtual_batch_size")
    try reader.require("adjustment")
    // How TensorFlow computes it, sums between processes, and what belongs to renorm.
    reader.ignore("fused", "synchronized", "renorm_clipping", "renorm_momentum")
    self.init(
      axis: try reader.axis(), momentum: try reader.fraction("momentum", default: 0.99),
      epsilon: try reader.number("epsilon", default: 1e-3, in: 0...),
      center: try reader.bool("center", default: true),
      scale: try reader.bool("scale", default: true), name: reader.layer)
  }
}
