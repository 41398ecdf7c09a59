public import Tensors

/// 2D average pooling: averages each channel over spatial windows.
///
/// ```swift
/// let layer = AveragePooling2D(3, strides: 2, padding: .same)
/// let halved = layer(Tensor(zeros: [8, 28, 28, 32]))  // [8, 14, 14, 32]
/// ```
public final class AveragePooling2D: BasePooling, KerasLayer {
  /// Applies the pooling.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.averagePooling(poolSize, strides: strides, padding: padding)
  }
}
