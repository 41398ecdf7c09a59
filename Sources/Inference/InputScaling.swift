import Glibc
package import NeuralNetwork
import Tensors

/// The pixel value range that a model expects, inferred from its first layers.
///
/// A model that starts with `Rescaling`, an adapted `Normalization` or `BatchNormalization` scales
/// its input itself. Each common pixel range is propagated through these layers. Ranges that
/// contradict the statistics of a normalization are excluded: numbers in `low...high` with mean m
/// have a variance of at most (high − m)(m − low) (Bhatia and Davis, 2000). Of the others, the
/// range whose results are most typical of network inputs is chosen.
package struct InputScaling {
  /// The reason for the choice of a range.
  package enum Reason: String {
    /// The user asked for it.
    case requested
    /// The model was trained with it, as the file says.
    case training
    /// No layer scales the input, but this is the range in which the model recognises digits.
    case referenceDigits = "reference_digits"
    /// No layer scales the input.
    case noScalingLayer = "no_scaling_layer"
    /// The first layers scale the input.
    case scalingLayers = "scaling_layers"
  }

  /// The pixel value range.
  package let range: PixelRange
  /// The reason for the choice.
  package let reason: Reason
  /// The classes of the scaling layers, such as `Rescaling`.
  package let layers: [String]

  /// Uses a given range.
  init(_ range: PixelRange, _ reason: Reason) {
    (self.range, self.reason, layers) = (range, reason, [])
  }

  /// Infers the range that a model expects.
  ///
  /// - Parameter graph: The graph of the model, whose layers are built.
  package init(of graph: Graph) {
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

  /// The ranges to try when testing whether a model recognises digits, the most likely first.
  ///
  /// - Parameter requested: The requested range, if any.
  /// - Returns: The ranges to try.
  func ranges(orRequested requested: PixelRange?) -> [PixelRange] {
    let likely = reason == .noScalingLayer ? PixelRange.allCases : [range]
    return [requested].compactMap(\.self) + likely.filter { $0 != requested }
  }

  /// The effect of a scaling layer on numbers.
  private struct Step {
    let name: String
    var scale = 1.0
    var offset = 0.0
    /// The statistics of the data to which the layer was adapted.
    var mean: Double?
    var variance = 0.0
    /// Whether the statistics are moving averages, which started from mean 0 and variance 1 and may
    /// not have converged.
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

  /// The mean and variance of all numbers, from those of groups of equal size.
  private static func pooled(
    _ means: [Double], _ variances: [Double]
  ) -> (mean: Double, variance: Double) {
    guard !means.isEmpty, !variances.isEmpty else { return (0, 1) }
    let mean = means.reduce(0, +) / Double(means.count)
    let within = variances.reduce(0, +) / Double(variances.count)
    let between = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(means.count)
    return (mean, within + between)
  }

  /// The distance of the resulting range from a typical one (width 1 to 2 around 0); `nil` if the
  /// input range contradicts the statistics.
  private static func strangeness(of range: PixelRange, after path: [Step]) -> Double? {
    var (low, high) = range.limits
    for step in path {
      if let mean = step.mean {
        // Tolerance for rounding and for statistics of other images.
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
