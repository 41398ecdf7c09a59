import Preconditions
public import Tensors

/// Sets elements to 0 at random in training, and scales the others up.
///
/// Source: N. Srivastava et al., *Dropout*, JMLR 15, 2014; scaled in training, as in Keras.
public final class Dropout: Layer {
  /// The probability that an element is dropped.
  public let rate: Float

  /// The shape of the mask, with the batch; `nil` stands for the extent of the input.
  public let noiseShape: [Int?]?

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The probability that an element is dropped, in `0..<1`.
  ///   - noiseShape: The shape of the mask, with the batch: 1 for an axis along which all elements are
  ///     dropped together, `nil` for the extent of the input.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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

  /// The rate, and the shape of the mask if it is not the input's.
  public override var config: [String: JSON] {
    var config: [String: JSON] = ["rate": .number(rate)]
    if let noiseShape { config["noise_shape"] = .extents(noiseShape) }
    return config
  }

  /// The source of the masks.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try checkNoiseShape(noiseShape, inputShape)
    return inputShape
  }

  /// Drops elements in training; returns the input otherwise.
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
