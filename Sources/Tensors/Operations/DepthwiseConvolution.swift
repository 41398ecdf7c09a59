import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Applies a depthwise convolution, which convolves each channel with its own kernels, with an
  /// optional bias and ReLU.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, channels, multiplier]`.
  ///   - bias: The bias of the features, of shape `[channels * multiplier]`; `nil` for none.
  ///   - relu: Whether to apply ReLU to the results.
  ///   - strides: The strides of the kernel.
  ///   - padding: The padding mode.
  ///   - dilation: The dilation rate: the spacing between input pixels under the kernel. 1 means no
  ///     dilation.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, features of shape `[batch,
  ///   output height, output width, channels * multiplier]`, grouped by input channel.
  /// - Precondition: The shapes match, and with `valid` padding, the kernel is not larger than the
  ///   image.
  public func depthwiseConvolution(
    _ kernel: Tensor, bias: Tensor? = nil, relu: Bool = false, strides: Size2D = 1,
    padding: Padding = .valid, dilation: Size2D = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      rank == 4 && kernel.rank == 4 && shape[3] == kernel.shape[2],
      """
      A depthwise convolution needs images [batch, height, width, in] and a kernel [height, \
      width, in, multiplier], but the shapes are \(shape) and \(kernel.shape).
      """, file: file, line: line)
    let window = convolutionWindow(
      kernel.shape, strides: strides, padding: padding, dilation: dilation, file: file, line: line)
    let (x, w) = (withoutGradient, kernel.withoutGradient)
    let (channels, multiplier) = (kernel.shape[2] * kernel.shape[3], Int64(kernel.shape[3]))
    let epilogue = Epilogue(bias: bias, relu: relu, columns: channels)
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, channels]
    @Sendable @safe func convolve(
      _ image: UnsafePointer<Float>, _ features: UnsafeMutablePointer<Float>
    ) {
      let (image, features) = unsafe (Shared(image), Shared(features))
      let taps = kernel.shape[0] * kernel.shape[1]
      window.forEachBand(work: taps * channels / 8) { band, before in
        let out = unsafe features + before * channels
        unsafe kernels.depthwise(band, multiplier, image.value, w.storage.pointer, out)
        unsafe epilogue.apply(
          to: out, rows: Int(band.output_height * band.output_width), columns: channels)
      }
    }
    guard node != nil || kernel.node != nil || bias?.node != nil else {
      return deferredImages(to: output, convolve)
    }
    return mappedImages(to: output, convolve).computed(bias: bias, relu: relu) { y in
      y.computed(together: [self, kernel]) { dy, wanted in
        dy.depthwiseGradients(
          x, w, window, ofImages: wanted.contains(0), ofKernel: wanted.contains(1))
      }
    }
  }

  /// The gradients of a depthwise convolution with this gradient of its features: with respect to
  /// images and kernel, as far as they are wanted, in one pass.
  ///
  /// Each chunk of images has its own partial sums for the kernel, which are added in order.
  private func depthwiseGradients(
    _ images: Tensor, _ kernel: Tensor, _ window: Window, ofImages: Bool, ofKernel: Bool
  ) -> [Tensor] {
    let (batch, multiplier) = (images.shape[0], Int64(kernel.shape[3]))
    let gradient = ofImages ? Storage(uninitialized: images.count) : nil
    let sums =
      ofKernel
      ? PartialSums(kernel.shape, (batch + imagesPerChunk - 1) / imagesPerChunk) : nil
    let (slopes, sources) = (ImageSource(self), ofKernel ? ImageSource(images) : nil)
    parallel(over: 0..<batch, grain: imagesPerChunk) { start, count in
      let chunk = start / imagesPerChunk
      let (slope, image) = unsafe (slopes.reader(), sources?.reader())
      sums?.clear(chunk)
      for index in start..<start + count {
        let dy = unsafe slope(index)
        if let gradient {
          unsafe kernels.depthwise_image_gradient(
            window.kernel, multiplier, dy, kernel.storage.pointer,
            gradient.pointer + index * window.inputCount)
        }
        if let sums, let image = unsafe image {
          unsafe kernels.depthwise_kernel_gradient(
            window.kernel, multiplier, image(index), dy, sums.address(chunk))
        }
      }
      unsafe withExtendedLifetime((slope, image)) {}
    }
    return [gradient.map { Tensor(shape: images.shape, storage: $0) }, sums?.total]
      .compactMap { $0 }
  }
}
