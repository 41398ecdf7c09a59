import Tensors

/// Max pooling of volumes: the largest element of each channel under a sliding window.
///
/// Of equal elements, the first one gets the gradient.
public final class MaxPooling3D: BasePooling3D, KerasLayer {
  override var outside: Float { -.infinity }

  override func pooled(_ planes: Tensor) -> Tensor {
    planes.maxPooling(poolSize.plane, strides: strides.plane, padding: padding)
  }

  override func joined(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.maximum(a, b) }
}
