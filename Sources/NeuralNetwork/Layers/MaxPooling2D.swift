public import Tensors

/// 2D max pooling: takes the maximum of each channel over windows of the image.
public final class MaxPooling2D: BasePooling, KerasLayer {
  /// Takes the maxima.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.maxPooling(poolSize, strides: strides, padding: padding)
  }
}
