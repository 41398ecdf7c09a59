import CKernels

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
    let window = poolingWindow(size, strides, padding, file: file, line: line)
    let x = withoutGradient
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, shape[3]]
    return mappedImages(to: output) { unsafe kernels.max_pool(window.kernel, $0, $1) }
      .computed(
        from: (
          self,
          { dy in
            x.mappedImages(with: dy, to: x.shape) { image, dy, gradient in
              unsafe gradient.initialize(repeating: 0, count: window.inputCount)
              unsafe kernels.max_pool_gradient(window.kernel, image, dy, gradient)
            }
          }
        ))
  }
}
