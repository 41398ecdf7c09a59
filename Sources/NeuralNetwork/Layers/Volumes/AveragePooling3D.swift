import Tensors

/// Average pooling of volumes: the mean of each channel under a sliding window.
///
/// ```swift
/// let layer = AveragePooling3D(Size3D(1, 2, 2))  // keeps the depth
/// let smaller = layer(Tensor(zeros: [2, 16, 32, 32, 8]))  // [2, 16, 16, 16, 8]
/// ```
public final class AveragePooling3D: BasePooling3D, KerasLayer {
  override func pooled(_ planes: Tensor) -> Tensor {
    planes.averagePooling(poolSize.plane, strides: strides.plane, padding: padding)
  }

  override func joined(_ a: Tensor, _ b: Tensor) -> Tensor { a + b }

  override func finished(_ y: Tensor, counts: [Int]) -> Tensor {
    y / Tensor(counts.map { Float($0) }, shape: [1, counts.count, 1, 1, 1])
  }
}
