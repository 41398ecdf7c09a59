public import Tensors

/// 2D max pooling: takes the maximum of each channel over windows of the image.
///
/// ```swift
/// let layer = MaxPooling2D(2)
/// let halved = layer(Tensor(zeros: [8, 28, 28, 32]))  // [8, 14, 14, 32]
/// ```
public final class MaxPooling2D: BasePooling, KerasLayer {
  /// Takes the maxima.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.maxPooling(poolSize, strides: strides, padding: padding)
  }
}
