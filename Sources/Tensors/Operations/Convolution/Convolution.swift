import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Convolves images with a kernel (2D cross-correlation), with an optional bias and ReLU.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, input channels / groups, output channels]`.
  ///   - bias: The bias of the features, of shape `[output channels]`; `nil` for none.
  ///   - relu: Whether to apply ReLU to the results.
  ///   - strides: The strides of the kernel.
  ///   - padding: The padding mode.
  ///   - dilation: The dilation rate: the spacing between input pixels under the kernel. 1 means no
  ///     dilation.
  ///   - groups: The number of groups; input and output channels are split into this many groups
  ///     that are convolved separately.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, input channels]`, features of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes match; with `valid` padding, the kernel is not larger than the
  ///   image; and a padded image has at most 2³¹ − 1 elements.
  public func convolution(
    _ kernel: Tensor, bias: Tensor? = nil, relu: Bool = false, strides: Size2D = 1,
    padding: Padding = .valid, dilation: Size2D = 1, groups: Int = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      rank == 4 && kernel.rank == 4 && groups > 0 && shape[3] == kernel.shape[2] * groups
        && kernel.shape[3] % groups == 0,
      """
      A convolution needs images [batch, height, width, in] and a kernel [height, width, in / \
      groups, out], but the shapes are \(shape) and \(kernel.shape), with groups \(groups).
      """, file: file, line: line)
    let window = convolutionWindow(
      kernel.shape, strides: strides, padding: padding, dilation: dilation, groups: groups,
      file: file, line: line)
    window.checkOffsets(file, line)
    let convolution = ImageConvolution(
      kernel, window, isKept: self.node == nil && kernel.node == nil)
    let epilogue = Epilogue(bias: bias, relu: relu, columns: kernel.shape[3])
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, kernel.shape[3]]
    let images = DeferredImages(shape[0], [imageInput], convolution.features(epilogue))
    let y = Tensor(output, images)
    let nodes = (self.node, kernel.node, bias?.node)
    let inputs = [nodes.0, nodes.1, nodes.2].compactMap { $0 }
    guard !inputs.isEmpty else { return y }

    let x = withoutGradient
    @Sendable func gradients(_ convolution: ImageConvolution) -> ConvolutionGradients {
      ConvolutionGradients(
        convolution, ofImages: nodes.0 != nil, ofKernelOn: nodes.1 != nil ? x : nil,
        ofBias: nodes.2 != nil)
    }
    let recorded = y.computed(
      from: .init(inputs: inputs) { dy in
        gradients(convolution)(FeatureGradient(dy, relu ? .rectified(y) : .plain))
      })
    if relu {
      images.setPooling(of: recorded.node) { window in
        // Without the features that no window reads.
        let read = window.extentRead
        let convolution = read.map(convolution.cropped) ?? convolution
        let (pooled, choices) = convolution.pooled(
          x, epilogue, read.map(window.croppedInput) ?? window)
        return pooled.computed(
          from: .init(inputs: inputs) { dy in
            gradients(convolution)(FeatureGradient(dy, .pooled(choices)))
          })
      }
    }
    return recorded
  }

  /// Applies a transposed convolution: the gradient of a convolution with respect to its images.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, output channels, input channels]`.
  ///   - strides: The strides: the spacing in the output between the kernels of neighbouring input
  ///     pixels.
  ///   - padding: The padding mode; with `same`, the output has input · stride rows.
  ///   - outputPadding: The additional rows and columns of the output; `nil` uses Keras's default
  ///     output size, see ``Window``.
  ///   - dilation: The dilation rate: the spacing between output pixels under the kernel. 1 means
  ///     no dilation.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For features of shape `[batch, height, width, input channels]`, images of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes match, and the output has pixels; padded, it has at most 2³¹ − 1
  ///   elements.
  public func transposedConvolution(
    _ kernel: Tensor, strides: Size2D = 1, padding: Padding = .valid,
    outputPadding: (height: Int, width: Int)? = nil, dilation: Size2D = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank == 4 && kernel.rank == 4 && shape[3] == kernel.shape[3],
      """
      A transposed convolution needs [batch, height, width, in] and a kernel [height, width, out, \
      in], but the shapes are \(shape) and \(kernel.shape).
      """, file: file, line: line)
    let window = Window(
      transposed: Size2D(kernel.shape[0], kernel.shape[1]), strides: strides, dilation: dilation,
      padding: padding, outputPadding: outputPadding, over: Shape(shape.dropFirst()),
      filters: kernel.shape[2])
    guard let window else {
      fail(
        """
        A transposed convolution must give at least one pixel, but a kernel of \(kernel.shape) \
        gives none for \(shape).
        """, file: file, line: line)
    }
    window.checkOffsets(file, line)
    let x = withoutGradient
    let convolution = ImageConvolution(kernel, window)
    return ConvolutionGradients(convolution, ofImages: true)(FeatureGradient(x, .plain))[0]
      .computed(
        from: (
          self,
          { dy in
            let output: Shape = [dy.shape[0], window.outputHeight, window.outputWidth, x.shape[3]]
            let features = convolution.features(Epilogue())
            return Tensor(output, DeferredImages(dy.shape[0], [dy.imageInput], features))
          }
        ),
        (
          kernel,
          { ConvolutionGradients(convolution, ofKernelOn: $0)(FeatureGradient(x, .plain))[0] }
        ))
  }
}
