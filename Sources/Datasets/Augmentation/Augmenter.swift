import Tensors

/// A recipe with its random numbers.
struct Augmenter: Sendable {
  /// An example in an epoch, which selects the random numbers.
  struct Example: Sendable {
    /// The index of the example in the training set.
    let index: Int

    /// The number of epochs before this one.
    let epoch: Int
  }

  private let recipe: AugmentationRecipe
  private let smoothing: GaussianKernel?

  /// The keys of the random numbers: one set for each part of the recipe, so that adding an
  /// operation does not change the numbers of others.
  private let (transformSeed, elasticSeed): (UInt64, UInt64)
  private let (eraseSeed, noiseSeed): (UInt64, UInt64)
  private let degradationSeeds: DegradationSeeds

  /// The random stream of the keys: "augm" in ASCII.
  private static let stream: UInt32 = 0x6175_676D

  init(_ recipe: AugmentationRecipe, seed: UInt64) {
    self.recipe = recipe
    smoothing = recipe.elastic.map { GaussianKernel(deviation: $0.sigma, factor: $0.alpha) }
    var stream = RandomStream(seed: seed, stream: Self.stream)
    (transformSeed, elasticSeed) = (stream.next(), stream.next())
    (eraseSeed, noiseSeed) = (stream.next(), stream.next())
    degradationSeeds = DegradationSeeds(&stream)
  }

  /// Augments images.
  ///
  /// - Parameters:
  ///   - images: Images of shape `[count, height, width, channels]`.
  ///   - examples: The example of each image.
  /// - Returns: Images of the same shape.
  func augmented(_ images: Tensor, _ examples: [Example]) -> Tensor {
    let (height, width) = (images.shape[1], images.shape[2])
    return images.distorted { index in
      distortion(examples[index], height: height, width: width)
    }
  }

  /// Draws the distortion of an image.
  private func distortion(_ example: Example, height: Int, width: Int) -> Distortion {
    var distortion = Distortion()
    distortion.transform = transform(example, height: height, width: width)
    if let smoothing {
      distortion.displacement = .init(smoothing, stream: stream(example, elasticSeed))
    }
    if recipe.degrades {
      distortion.degradation = recipe.degradation(height: height, width: width) {
        stream(example, degradationSeeds[keyPath: $0])
      }
    }
    if recipe.erase > 0 { distortion.erasure = erasure(example, height: height, width: width) }
    return distortion
  }

  private func stream(_ example: Example, _ seed: UInt64) -> RandomStream {
    RandomStream(
      seed: seed, stream: UInt32(truncatingIfNeeded: example.index),
      substream: UInt32(truncatingIfNeeded: example.epoch))
  }

  private func transform(_ example: Example, height: Int, width: Int) -> AffineTransform {
    var stream = stream(example, transformSeed)
    // Always all numbers in the same order: see the keys.
    func draw() -> Double { Double(stream.uniform(in: -1..<1)) }
    let (first, second, rotation, zoom, shear, flip) =
      (draw(), draw(), draw(), draw(), draw(), draw())
    func shift(_ number: Double) -> Double {
      let count = Double(2 * recipe.shift + 1)
      return ((number + 1) / 2 * count).rounded(.down) - Double(recipe.shift)
    }
    let (right, down) = (shift(first), shift(second))
    let (sine, cosine) = Elementary.sineAndCosine(degrees: rotation * recipe.rotate)
    let scale = 1 / (1 + zoom * recipe.zoom)
    let slant = Elementary.sineAndCosine(degrees: shear * recipe.shear)
    let tangent = slant.sine / slant.cosine
    let side = recipe.flip && flip < 0 ? -scale : scale
    // From the output to the input: undo the shift, the rotation, the shear, the zoom and the flip.
    let (a0, a1) = (side * (cosine - tangent * sine), side * (-sine - tangent * cosine))
    let (b0, b1) = (scale * sine, scale * cosine)
    let (x, y) = (Double(width - 1) / 2, Double(height - 1) / 2)
    return AffineTransform(
      a: [Float(a0), Float(a1), Float(x - a0 * (x + right) - a1 * (y + down))],
      b: [Float(b0), Float(b1), Float(y - b0 * (x + right) - b1 * (y + down))])
  }

  private func erasure(_ example: Example, height: Int, width: Int) -> Distortion.Erasure? {
    var stream = stream(example, eraseSeed)
    guard Double(stream.uniform(in: 0..<1)) < recipe.erase else { return nil }
    for _ in 0..<100 {
      let area = stream.uniform(in: 0.02..<0.4) * Float(height) * Float(width)
      let ratio = stream.uniform(in: 0.3..<(1 / 0.3))
      let rows = Int((area * ratio).squareRoot())
      let columns = Int((area / ratio).squareRoot())
      let top = stream.integer(below: height)
      let left = stream.integer(below: width)
      guard rows > 0, columns > 0, top + rows <= height, left + columns <= width else { continue }
      return .init(
        rows: top..<top + rows, columns: left..<left + columns,
        stream: self.stream(example, noiseSeed))
    }
    return nil
  }
}
