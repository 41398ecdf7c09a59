public import Tensors

/// Applies spatial dropout: in training, sets random channels of images to 0 and scales the others
/// by 1 / (1 − rate).
///
/// Source: J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR
/// 2015, section 3.2.
///
/// ```swift
/// let layer = SpatialDropout2D(0.5)
/// let dropped = layer(x, training: true)  // [2, 7, 7, 64]: 0 or 2 in all pixels of a channel
/// ```
public final class SpatialDropout2D: BaseDropout {
  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return inputShape
  }

  override func drop(_ x: Tensor, stream: RandomStream) -> Tensor {
    x.spatialDropout(rate: rate, stream: stream)
  }
}

extension SpatialDropout2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes the option, but does not use it.
    reader.ignore("noise_shape")
    self.init(try reader.rate(), name: reader.name)
  }
}
