public import JSON
import Preconditions
public import Tensors

/// Applies spatial dropout: in training, sets random channels of images to 0 and scales the others
/// by 1 / (1 − rate).
///
/// Source: J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR
/// 2015, section 3.2.
public final class SpatialDropout2D: Layer {
  /// The drop probability of a channel.
  public let rate: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The drop probability of a channel, in `0..<1`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(_ rate: Float, name: String? = nil, file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).",
      file: file, line: line)
    self.rate = rate
    super.init(name: name)
  }

  /// The rate in Keras's form.
  public override var config: [String: JSON] { ["rate": .number(rate)] }

  /// The random number generator of the masks.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return inputShape
  }

  /// Drops channels in training; otherwise returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, rate > 0 else { return x }
    return x.spatialDropout(rate: rate, stream: seedGenerator.next())
  }
}

extension SpatialDropout2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes the option, but does not use it.
    reader.ignore("noise_shape")
    self.init(try reader.rate(), name: reader.layer)
  }
}
