import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Global max pooling: takes the maximum of each channel of each image.
  ///
  /// Several equal maxima share the gradient equally, as in reductions of TensorFlow and JAX, and
  /// unlike in ``maxPooling(_:strides:padding:file:line:)``.
  ///
  /// - Parameters:
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, a tensor of shape
  ///   `[batch, channels]`.
  /// - Precondition: There is at least one pixel.
  public func globalMaxPooling(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    requireImages(file: file, line: line)
    let (pixels, channels) = (Int64(shape[1] * shape[2]), Int64(shape[3]))
    require(
      pixels > 0, "Images must have at least one pixel, but the shape is \(shape).", file: file,
      line: line)
    let x = withoutGradient
    let y = mappedImages(to: [shape[0], shape[3]]) { image, out in
      unsafe kernels.maximum(1, pixels, channels, image, out)
    }
    return y.computed(
      from: (
        self,
        { dy in
          let imageCount = Int(pixels * channels)
          return Tensor(inParallel: x.shape) { out in
            parallel(chunks: x.shape[0]) { index in
              let first = index * Int(channels)
              unsafe kernels.maximum_gradient(
                1, pixels, channels, x.storage.pointer + index * imageCount,
                y.storage.pointer + first, dy.storage.pointer + first,
                out + index * imageCount)
            }
          }
        }
      ))
  }
}
