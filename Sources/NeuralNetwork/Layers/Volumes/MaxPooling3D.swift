import Tensors

/// Max pooling of volumes: the largest element of each channel under a sliding window.
///
/// Of equal elements, the first one gets the gradient.
///
/// ```swift
/// let layer = MaxPooling3D(2)
/// let halved = layer(Tensor(zeros: [2, 16, 32, 32, 8]))  // [2, 8, 16, 16, 8]
/// ```
public final class MaxPooling3D: BasePooling3D, KerasLayer {
  override var outside: Float { -.infinity }

  override func pooled(_ planes: Tensor) -> Tensor {
    planes.maxPooling(poolSize.plane, strides: strides.plane, padding: padding)
  }

  override func joined(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.maximum(a, b) }
}
