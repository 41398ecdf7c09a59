public import Tensors

/// 2D average pooling: averages each channel over spatial windows.
public final class AveragePooling2D: BasePooling, KerasLayer {
  /// Applies the pooling.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.averagePooling(poolSize, strides: strides, padding: padding)
  }
}
