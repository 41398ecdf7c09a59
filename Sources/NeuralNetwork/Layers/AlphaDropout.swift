public import JSON
import Preconditions
public import Tensors

/// Applies alpha dropout: in training, sets random elements to the negative limit of SELU, and
/// rescales the result to preserve mean and variance.
///
/// Source: G. Klambauer et al., *Self-Normalizing Neural Networks*, NIPS 2017.
public final class AlphaDropout: Layer {
  /// The drop probability of an element.
  public let rate: Float

  /// The shape of the mask, including the batch axis; `nil` stands for the input's extent.
  public let noiseShape: [Int?]?

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The drop probability of an element, in `0..<1`.
  ///   - noiseShape: The shape of the mask, including the batch axis. 1 drops all elements along an
  ///     axis together; `nil` stands for the input's extent.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ rate: Float, noiseShape: [Int?]? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).",
      file: file, line: line)
    self.rate = rate
    self.noiseShape = noiseShape
    super.init(name: name)
  }

  /// The rate, and the noise shape if there is one.
  public override var config: [String: JSON] {
    var config: [String: JSON] = ["rate": .number(rate)]
    if let noiseShape { config["noise_shape"] = .extents(noiseShape) }
    return config
  }

  /// The random number generator of the masks.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try checkNoiseShape(noiseShape, inputShape)
    return inputShape
  }

  /// Drops elements in training; otherwise returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, rate > 0 else { return x }
    let limit: Float = -1.673_263_242_354_377_2 * 1.050_700_987_355_480_5
    let mask = Tensor(
      Tensor(repeating: 1, shape: x.noiseShape(noiseShape))
        .dropout(rate: rate, stream: seedGenerator.next()).scalars.map { $0 == 0 ? 0 : 1 },
      shape: x.noiseShape(noiseShape))
    let scale = 1 / ((1 - rate) * (1 + rate * limit * limit)).squareRoot()
    return (x * mask + (1 - mask) * limit) * scale + (-scale * limit * rate)
  }
}

extension AlphaDropout: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(try reader.rate(), noiseShape: try reader.noiseShape(), name: reader.layer)
  }
}
