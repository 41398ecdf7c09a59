import Glibc
import NeuralNetwork
import Tensors

/// What the first layers of a model say about the numbers that it expects for pixels.
///
/// A model that begins with `Rescaling`, an adapted `Normalization` or `BatchNormalization` scales
/// its input itself. Each range of pixels that is usual is followed through these layers. A range
/// that the statistics of a normalization contradict is out: numbers in `low...high` with mean m
/// have a variance of at most (high − m)(m − low) (Bhatia and Davis, 2000). Of the others that one
/// is chosen whose numbers come out most like those that networks are trained with.
struct InputScaling {
  /// Why a range was chosen.
  enum Reason: String, Encodable {
    /// The user asked for it.
    case requested
    /// No layer scales the input, but this is the range in which the model recognises digits.
    case referenceDigits = "reference_digits"
    /// No layer scales the input.
    case noScalingLayer = "no_scaling_layer"
    /// The first layers scale the input.
    case scalingLayers = "scaling_layers"
  }

  /// The range of the numbers for pixels.
  let range: PixelRange
  /// Why.
  let reason: Reason
  /// The classes of the layers that scale, such as `Rescaling`.
  let layers: [String]

  /// Takes a range for a reason that is not in the layers.
  init(_ range: PixelRange, _ reason: Reason) {
    (self.range, self.reason, layers) = (range, reason, [])
  }

  /// Finds the range that a model expects.
  ///
  /// - Parameter graph: How its layers work together; all have their weights.
  init(of graph: Graph) {
    let paths = graph.leadingPaths.map { $0.compactMap(Self.step) }.filter { !$0.isEmpty }
    guard let path = paths.first else {
      (range, reason, layers) = (.zeroToOne, .noScalingLayer, [])
      return
    }
    let candidates = PixelRange.allCases.compactMap { range in
      Self.strangeness(of: range, after: path).map { (range, $0) }
    }
    range = candidates.min { $0.1 < $1.1 }?.0 ?? .zeroToOne
    reason = .scalingLayers
    layers = path.map(\.name)
  }

  /// The ranges in which a model may show whether it knows digits, the most likely first.
  ///
  /// - Parameter requested: The range that was asked for.
  /// - Returns: The ranges to try.
  func ranges(orRequested requested: PixelRange?) -> [PixelRange] {
    let likely = reason == .noScalingLayer ? PixelRange.allCases : [range]
    return [requested].compactMap(\.self) + likely.filter { $0 != requested }
  }

  /// What a layer does to the numbers, if it is one that scales.
  private struct Step {
    let name: String
    var scale = 1.0
    var offset = 0.0
    /// The statistics of the numbers that the layer was adapted to.
    var mean: Double?
    var variance = 0.0
    /// Whether the statistics began as mean 0 and variance 1 and may still be on their way.
    var isMovingAverage = false
  }

  private static func step(_ layer: Layer) -> Step? {
    var step = Step(name: Swift.type(of: layer).className)
    switch layer {
    case let layer as Rescaling:
      step.scale = layer.scale.average
      step.offset = layer.offset.average
    case let layer as Normalization:
      let means = layer.mean?.numbers ?? layer.weights[0].value.scalars.map(Double.init)
      let variances = layer.variance?.numbers ?? layer.weights[1].value.scalars.map(Double.init)
      let (mean, variance) = pooled(means, variances)
      let deviation = max(variance.squareRoot(), 1e-7)
      if layer.invert {
        (step.scale, step.offset) = (deviation, mean)
      } else {
        (step.scale, step.offset) = (1 / deviation, -mean / deviation)
        if (mean, variance) != (0, 1) { (step.mean, step.variance) = (mean, variance) }
      }
    case let layer as BatchNormalization:
      let (mean, variance) = pooled(
        layer.movingMean.value.scalars.map(Double.init),
        layer.movingVariance.value.scalars.map(Double.init))
      let deviation = (variance + layer.epsilon).squareRoot()
      (step.scale, step.offset) = (1 / deviation, -mean / deviation)
      (step.mean, step.variance, step.isMovingAverage) = (mean, variance, true)
    default: return nil
    }
    return step
  }

  /// The mean and the variance of numbers of which those of equal groups are known.
  private static func pooled(
    _ means: [Double], _ variances: [Double]
  ) -> (mean: Double, variance: Double) {
    guard !means.isEmpty, !variances.isEmpty else { return (0, 1) }
    let mean = means.reduce(0, +) / Double(means.count)
    let within = variances.reduce(0, +) / Double(variances.count)
    let between = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(means.count)
    return (mean, within + between)
  }

  /// How far the numbers that come out are from a width of 1 to 2 around 0; `nil` if the
  /// statistics contradict what goes in.
  private static func strangeness(of range: PixelRange, after path: [Step]) -> Double? {
    var (low, high) = range.limits
    for step in path {
      if let mean = step.mean {
        // Rounding, and averages that were taken of other pictures.
        let slack = 0.01 * (high - low)
        let most =
          step.isMovingAverage
          ? max(1, (high - low) * (high - low) / 4) : (high - mean) * (mean - low)
        guard (low - slack...high + slack).contains(mean), step.variance <= most + slack * slack
        else { return nil }
      }
      let (a, b) = (low * step.scale + step.offset, high * step.scale + step.offset)
      (low, high) = (min(a, b), max(a, b))
    }
    let width = high - low
    guard width > 0, width.isFinite else { return .infinity }
    let distance = max(low, -high, 0) / width
    return min(abs(log2(width)), abs(log2(width / 2))) + distance
  }
}

extension Coefficients {
  fileprivate var numbers: [Double] {
    switch self {
    case .scalar(let value): [value]
    case .list(let values): values
    }
  }

  fileprivate var average: Double {
    numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
  }
}
