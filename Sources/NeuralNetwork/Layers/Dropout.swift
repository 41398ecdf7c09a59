public import JSON
import Preconditions
public import Tensors

/// Applies dropout: in training, sets random elements to 0 and scales the others by 1 / (1 − rate).
///
/// Source: N. Srivastava et al., *Dropout*, JMLR 15, 2014; inverted dropout, as in Keras.
public final class Dropout: Layer {
  /// The drop probability of an element.
  public let rate: Float

  /// The shape of the mask, including the batch axis, broadcast to the input.
  ///
  /// A `nil` element takes the input's dimension; `nil` means the input's shape.
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
    guard noiseShape != nil else { return x.dropout(rate: rate, stream: seedGenerator.next()) }
    let mask = Tensor(repeating: 1, shape: x.noiseShape(noiseShape))
    return x * mask.dropout(rate: rate, stream: seedGenerator.next())
  }
}

extension Dropout: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(try reader.rate(), noiseShape: try reader.noiseShape(), name: reader.layer)
  }
}
