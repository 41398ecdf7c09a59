public import JSON
import Preconditions
public import Tensors

/// Batch normalization: normalizes each channel to mean 0 and variance 1, then scales and shifts
/// it.
///
/// Training uses the mean and variance of the batch and updates their moving averages. Inference,
/// and a frozen layer (``Layer/isTrainable``) even in training, uses the moving averages.
///
/// Source: S. Ioffe, C. Szegedy, *Batch Normalization*, ICML 2015; the batch variance is the biased
/// one (divided by the number of values), as in Keras. Channels are the last axis by default.
///
/// ```swift
/// let x: Tensor = [[1, 10], [3, 30]]
/// let layer = BatchNormalization(momentum: 0.9)
/// let normalized = layer(x, training: true)  // about [[-1, -1], [1, 1]]
/// let mean = layer.weights[2].value  // the moving mean: 0.1 of that of the batch, [0.2, 2]
/// ```
public final class BatchNormalization: BaseNormalization {
  /// The channel axis, counted with the batch axis as 0; −1 is the last one.
  public let axis: Int

  /// The momentum of the moving averages: average = momentum · average + (1 − momentum) · batch
  /// value.
  public let momentum: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axis: The channel axis, counted with the batch axis as 0, which is not allowed; negative
  ///     values count from the end.
  ///   - momentum: The momentum of the moving averages, in `0...1`.
  ///   - epsilon: The small constant ε, added to the variance for numerical stability; at least 0.
  ///   - center: Whether to add the learned offset `beta` to each channel.
  ///   - scale: Whether to multiply each channel by the learned factor `gamma`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true,
    scale: Bool = true, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      (0...1).contains(momentum),
      "BatchNormalization: `momentum` must be from 0 to 1, but is \(momentum).", file: file,
      line: line)
    (self.axis, self.momentum) = (axis, momentum)
    super.init(
      epsilon: epsilon, center: center, scale: scale, name: name, file: file, line: line)
  }

  /// The moving average of the means, of shape `[channels]`; a non-trainable weight.
  ///
  /// - Precondition: The layer is built.
  public var movingMean: Variable { weight(weights.count - 2) }

  /// The moving average of the variances, of shape `[channels]`; a non-trainable weight.
  ///
  /// - Precondition: The layer is built.
  public var movingVariance: Variable { weight(weights.count - 1) }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config = super.config
    if axis != -1 { config["axis"] = .integer(axis) }
    if momentum != 0.99 { config["momentum"] = .option(momentum) }
    return config
  }

  /// The weights gamma, beta, moving mean and moving variance.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let rank = inputShape.count + 1
    guard (1..<rank).contains(position(rank: rank)) else {
      throw ShapeError(self, "normalizes the axis \(axis), which the input \(inputShape) has not")
    }
    let channels = inputShape[position(rank: rank) - 1]
    return scaleAndOffset([channels]) + [
      WeightSpecification(
        "moving_mean", shape: [channels], initializer: .zeros, isTrainable: false),
      WeightSpecification(
        "moving_variance", shape: [channels], initializer: .ones, isTrainable: false),
    ]
  }

  /// The channel axis as a non-negative index, with the batch as 0.
  private func position(rank: Int) -> Int { axis < 0 ? axis + rank : axis }

  /// Normalizes the input; in training, also updates the moving averages.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let position = position(rank: x.rank)
    if training, isTrainable, let mask = x.mask, mask.rank == x.rank - 1 {
      return normalized(x, position, mask)
    }
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
    update(mean: batch.mean, variance: batch.variance)
    return batch.output
  }

  /// Normalizes with the statistics of what a mask lets count: Keras's `_moments`.
  private func normalized(_ x: Tensor, _ position: Int, _ mask: Tensor) -> Tensor {
    let axes = x.shape.indices.filter { $0 != position }
    let isKept = mask.reshaped(Shape(mask.shape + [1]))
    func sum(_ values: Tensor) -> Tensor {
      Tensor.where(isKept, values, Tensor(0)).sum(axes: axes, keepDimensions: true)
    }
    let count = sum(Tensor(repeating: 1, shape: x.shape)) + Tensor(1e-7)
    let mean = sum(x) / count
    let difference = x - mean
    let variance = sum(difference * difference) / count
    update(
      mean: mean.withoutGradient.reshaped([x.shape[position]]),
      variance: variance.withoutGradient.reshaped([x.shape[position]]))
    var y = difference / (variance + Tensor(Float(epsilon))).sqrt()
    if let gamma { y = y * gamma.value.reshaped(mean.shape) }
    if let beta { y = y + beta.value.reshaped(mean.shape) }
    return y
  }

  private func update(mean: Tensor, variance: Tensor) {
    for (average, value) in [(movingMean, mean), (movingVariance, variance)] {
      average.value = average.value * Float(momentum) + value * Float(1 - momentum)
    }
  }
}

extension BatchNormalization: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] {
    ["gamma", "beta", "moving_mean", "moving_variance"]
  }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    [
      "gamma_initializer": "ones", "beta_initializer": "zeros",
      "moving_mean_initializer": "zeros", "moving_variance_initializer": "ones",
    ]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.require("renorm", .bool(false))
    try reader.require("virtual_batch_size")
    try reader.require("adjustment")
    // Implementation choices of TensorFlow, sums between processes, and the options of renorm.
    reader.ignore("fused", "synchronized", "renorm_clipping", "renorm_momentum")
    self.init(
      axis: try reader.axis(), momentum: try reader.fraction("momentum", default: 0.99),
      epsilon: try reader.number("epsilon", default: 1e-3, in: 0...),
      center: try reader.bool("center", default: true),
      scale: try reader.bool("scale", default: true), name: reader.name)
  }
}
