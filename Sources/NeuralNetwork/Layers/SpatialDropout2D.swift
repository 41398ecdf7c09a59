import Preconditions
public import Tensors

/// Sets whole channels of images to 0 at random in training, and scales the others up.
///
/// Source: J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR
/// 2015, section 3.2.
public final class SpatialDropout2D: Layer {
  /// The probability that a channel of an image is dropped.
  public let rate: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The probability that a channel of an image is dropped, in `0..<1`.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(_ rate: Float, name: String? = nil, file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).",
      file: file, line: line)
    self.rate = rate
    super.init(name: name)
  }

  /// The rate, as Keras writes it.
  public override var config: [String: JSON] { ["rate": .number(rate)] }

  /// The source of the masks.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return inputShape
  }

  /// Drops channels in training; returns the input otherwise.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, rate > 0 else { return x }
    return x.spatialDropout(rate: rate, stream: seedGenerator.next())
  }
}

extension SpatialDropout2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes it, and never uses it.
    reader.ignore("noise_shape")
    self.init(try reader.rate(), name: reader.layer)
  }
}
