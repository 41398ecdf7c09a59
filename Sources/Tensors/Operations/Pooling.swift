import CKernels
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
    let window = poolingWindow(size, strides, padding, file: file, line: line)
    if let pooled = storage.images?.pooled(self, by: window) { return pooled }
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, shape[3]]
    guard node != nil else {
      return pooled(to: output, by: window) { unsafe kernels.max_pool($0, $1, $2) }
    }
    let x = withoutGradient
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

  /// 2D average pooling: averages each channel over windows of the image.
  ///
  /// - Parameters:
  ///   - size: The window size.
  ///   - strides: The strides of the window; defaults to `size`.
  ///   - padding: The padding mode; pixels outside the image do not count in the averages.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, output height, output width, channels]`.
  /// - Precondition: With `valid` padding, the window is not larger than the image.
  public func averagePooling(
    _ size: Size2D, strides: Size2D? = nil, padding: Padding = .valid, file: StaticString = #fileID,
    line: UInt = #line
  )
    -> Tensor
  {
    let window = poolingWindow(size, strides, padding, file: file, line: line)
    guard node != nil else {
      let output: Shape = [shape[0], window.outputHeight, window.outputWidth, shape[3]]
      return pooled(to: output, by: window) { unsafe kernels.sum_pool($0, 1, $1, $2) }
    }
    return gathered(by: window, isMean: true)
      .computed(from: (self, { $0.scattered(by: window, isMean: true) }))
  }

  /// Pools images when the result is needed; no gradient passes through.
  @safe private func pooled(
    to output: Shape, by window: Window,
    _ kernel:
      @escaping @Sendable (
        cairn_window, UnsafePointer<Float>, UnsafeMutablePointer<Float>
      ) -> Void
  ) -> Tensor {
    let channels = shape[3]
    let pixels = Int(window.kernel.window_height * window.kernel.window_width)
    @Sendable func operation(_ window: Window) -> DeferredImages.Operation {
      unsafe DeferredImages.Operation(count: window.outputPixels * channels) {
        { image, _, out in
          let (image, out) = unsafe (Shared(image), Shared(out))
          window.forEachBand(work: pixels * channels / 8) { band, before in
            unsafe kernel(band, image.value, out + before * channels)
          }
        }
      }
    }
    var pooling = operation(window)
    pooling.croppedInput = window.extentRead.map { extent in
      (Shape(shape.dropFirst()), extent, { operation(window.croppedInput(to: extent)) })
    }
    return Tensor(output, DeferredImages(shape[0], [imageInput], pooling))
  }

  /// The sum or the mean of each channel over each window; no gradient passes through.
  func gathered(by window: Window, isMean: Bool) -> Tensor {
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, shape[3]]
    return mappedImages(to: output) { image, out in
      unsafe kernels.sum_pool(window.kernel, isMean ? 1 : 0, image, out)
    }
  }

  /// The gradient of ``gathered(by:isMean:)``: adds each element, or its share of the mean, to the
  /// pixels in its window.
  func scattered(by window: Window, isMean: Bool) -> Tensor {
    let input: Shape = [shape[0], window.inputHeight, window.inputWidth, shape[3]]
    return mappedImages(to: input) { image, out in
      unsafe out.initialize(repeating: 0, count: window.inputCount)
      unsafe kernels.sum_pool_gradient(window.kernel, isMean ? 1 : 0, image, out)
    }
  }
}
