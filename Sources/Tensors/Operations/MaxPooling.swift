import CKernels
import Preconditions
import Threads

extension Tensor {
  /// 2D max pooling: takes the maximum of each channel over windows of the image.
  ///
  /// - Parameters:
  ///   - size: The window size.
  ///   - strides: The strides of the window; defaults to `size`.
  ///   - padding: The padding mode; pixels outside the image are never the maximum.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, output height, output width, channels]`.
  /// - Precondition: With `valid` padding, the window is not larger than the image.
  public func maxPooling(
    _ size: Size2D, strides: Size2D? = nil, padding: Padding = .valid, file: StaticString = #fileID,
    line: UInt = #line
  )
    -> Tensor
  {
    require(
      rank == 4,
      "Images must have the shape [batch, height, width, channels], but the shape is \(shape).",
      file: file, line: line)
    let window = Window(
      size, strides: strides ?? size, padding: padding, over: Shape(shape.dropFirst()))
    guard let window else {
      fail(
        """
        A `valid` pool must not be larger than the images, but is \(size.height)x\(size.width) \
        for \(shape).
        """, file: file, line: line)
    }
    let x = withoutGradient
    let inputCount = shape.dropFirst().reduce(1, *)
    let outputCount = window.outputPixels * shape[3]
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, shape[3]]
    return Tensor(inParallel: output) { out in
      parallel(chunks: shape[0]) { image in
        kernels.max_pool(
          window.kernel, storage.pointer + image * inputCount, out + image * outputCount)
      }
    }
    .computed(
      from: (
        self,
        { dy in
          Tensor(inParallel: x.shape) { out in
            parallel(chunks: x.shape[0]) { image in
              let gradient = out + image * inputCount
              gradient.initialize(repeating: 0, count: inputCount)
              kernels.max_pool_gradient(
                window.kernel, x.storage.pointer + image * inputCount,
                dy.storage.pointer + image * outputCount, gradient)
            }
          }
        }
      ))
  }
}
