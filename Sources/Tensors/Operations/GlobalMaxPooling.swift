import CKernels

extension Tensor {
  /// Takes the largest element of each channel of each image.
  ///
  /// If several are the largest, the gradient is divided equally among them, as in TensorFlow's and
  /// JAX's reductions, and unlike in ``maxPooling(_:strides:padding:)``.
  ///
  /// - Returns: For images of shape `[batch, height, width, channels]`, a tensor of shape
  ///   `[batch, channels]`.
  /// - Precondition: There is at least one pixel.
  public func globalMaxPooling() -> Tensor {
    precondition(rank == 4, "a tensor of shape \(shape) does not hold images")
    let (pixels, channels) = (Int64(shape[1] * shape[2]), Int64(shape[3]))
    precondition(pixels > 0, "an image without pixels has no maximum")
    let x = withoutGradient
    let y = mappedImages(to: [shape[0], shape[3]]) { image, out in
      kernels.maximum(1, pixels, channels, image, out)
    }
    return y.computed(
      from: (
        self,
        { dy in
          let imageCount = Int(pixels * channels)
          return Tensor(uninitialized: x.shape) { out in
            nonisolated(unsafe) let out = out
            parallel(chunks: x.shape[0]) { index in
              let first = index * Int(channels)
              kernels.maximum_gradient(
                1, pixels, channels, x.storage.pointer + index * imageCount,
                y.storage.pointer + first, dy.storage.pointer + first,
                at(out, index * imageCount))
            }
          }
        }
      ))
  }
}
