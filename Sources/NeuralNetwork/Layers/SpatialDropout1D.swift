public import Tensors

/// Applies spatial dropout to sequences: in training, sets random channels to 0 and scales the
/// others by 1 / (1 − rate).
///
/// Source: J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR
/// 2015, section 3.2.
///
/// ```swift
/// let layer = SpatialDropout1D(0.5)
/// let dropped = layer(x, training: true)  // [2, 50, 64]: 0 or 2 in all steps of a channel
/// ```
public final class SpatialDropout1D: BaseDropout {
  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == 2 else {
      throw ShapeError(self, "needs sequences [steps, channels], not \(inputShape)")
    }
    return inputShape
  }

  override func drop(_ x: Tensor, stream: RandomStream) -> Tensor {
    x.newAxis(at: 1).spatialDropout(rate: rate, stream: stream).reshaped(x.shape)
  }
}

extension SpatialDropout1D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    // tf_keras writes the option, but does not use it.
    reader.ignore("noise_shape")
    self.init(try reader.rate(), name: reader.name)
  }
}
