import CKernels

/// How many images of a batch are one chunk.
///
/// Enough work for a thread, and few enough that a batch keeps several threads busy. Fixed, because
/// the partial sums of a kernel's gradient follow it.
let imagesPerChunk = 4

extension Tensor {
  /// Convolves images with a kernel (which, as everywhere in the field, is a cross-correlation);
  /// adds a bias and applies `relu` on the way, if they are asked for.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, input channels / groups, output channels]`.
  ///   - bias: What is added to each pixel of the features, of shape `[output channels]`.
  ///   - relu: Whether negative results become 0.
  ///   - strides: How far the kernel moves.
  ///   - padding: What happens at the border.
  ///   - dilation: The distance of the pixels that the kernel sees; 1 if they are neighbours.
  ///   - groups: Into how many parts the channels are divided; each part of the output is computed
  ///     from one part of the input.
  /// - Returns: For images of shape `[batch, height, width, input channels]`, features of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes fit each other, and a `valid` kernel is not larger than an image.
  public func convolution(
    _ kernel: Tensor, bias: Tensor? = nil, relu: Bool = false, strides: Size2D = 1,
    padding: Padding = .valid, dilation: Size2D = 1, groups: Int = 1
  ) -> Tensor {
    precondition(
      rank == 4 && kernel.rank == 4 && groups > 0 && shape[3] == kernel.shape[2] * groups
        && kernel.shape[3] % groups == 0,
      "images of shape \(shape) cannot be convolved with a kernel of shape \(kernel.shape) in "
        + "\(groups) groups")
    let window = Window(
      Size2D(kernel.shape[0], kernel.shape[1]), strides: strides, dilation: dilation,
      padding: padding, groups: groups, over: Shape(shape.dropFirst()))
    guard let window else {
      preconditionFailure("a kernel of shape \(kernel.shape) is larger than images of \(shape)")
    }
    let x = withoutGradient
    let convolution = Convolution(kernel, window)
    let y = convolution.features(x, Epilogue(bias: bias, relu: relu, columns: kernel.shape[3]))
    let nodes = (self.node, kernel.node, bias?.node)
    let inputs = [nodes.0, nodes.1, nodes.2].compactMap { $0 }
    guard !inputs.isEmpty else { return y }
    let wanted = (images: nodes.0 != nil, kernel: nodes.1 != nil, bias: nodes.2 != nil)
    return y.computed(
      from: .init(inputs: inputs) { dy in
        convolution.gradients(
          dy, relu: relu ? y : nil, images: wanted.images, kernelOn: wanted.kernel ? x : nil,
          bias: wanted.bias)
      })
  }

  /// Spreads each pixel with a kernel over an output, which is the gradient of a convolution with
  /// respect to its images.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, output channels, input channels]`.
  ///   - strides: How far apart the kernels of neighbouring pixels are in the output.
  ///   - padding: What happens at the border; with `same`, an output has input · stride rows.
  ///   - outputPadding: How many rows and columns an output has beyond those that the input and the
  ///     kernel make certain; by default as many as there may be, see ``Window``.
  ///   - dilation: The distance of the pixels that the kernel spreads to; 1 if they are neighbours.
  /// - Returns: For features of shape `[batch, height, width, input channels]`, images of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes fit each other, and the output has pixels.
  public func transposedConvolution(
    _ kernel: Tensor, strides: Size2D = 1, padding: Padding = .valid,
    outputPadding: (height: Int, width: Int)? = nil, dilation: Size2D = 1
  ) -> Tensor {
    precondition(
      rank == 4 && kernel.rank == 4 && shape[3] == kernel.shape[3],
      "features of shape \(shape) cannot be spread with a kernel of shape \(kernel.shape)")
    let window = Window(
      transposed: Size2D(kernel.shape[0], kernel.shape[1]), strides: strides, dilation: dilation,
      padding: padding, outputPadding: outputPadding, over: Shape(shape.dropFirst()),
      filters: kernel.shape[2])
    guard let window else {
      preconditionFailure("a kernel of shape \(kernel.shape) makes no images of \(shape)")
    }
    let x = withoutGradient
    let convolution = Convolution(kernel, window)
    return convolution.gradients(x, images: true)[0].computed(
      from: (self, { convolution.features($0, Epilogue()) }),
      (kernel, { convolution.gradients(x, kernelOn: $0)[0] }))
  }
}

/// A kernel, and how it moves over images: what a convolution shares with its gradients.
struct Convolution: Sendable {
  let kernel: Tensor
  let window: Window

  /// The number of output channels, of all groups and of one.
  let (channels, channelsOfGroup): (Int, Int)

  /// Where the window begins, and where its elements are from there.
  let (pixels, taps): ([Int32], [Int32])

  init(_ kernel: Tensor, _ window: Window) {
    self.kernel = kernel.withoutGradient
    self.window = window
    (channels, channelsOfGroup) = (kernel.shape[3], kernel.shape[3] / window.groups)
    (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
  }

  /// For each image and group: what the window sees, as a matrix `[pixels, taps]`, times the kernel.
  func features(_ images: Tensor, _ epilogue: Epilogue) -> Tensor {
    let output: Shape = [images.shape[0], window.outputHeight, window.outputWidth, channels]
    return Tensor(uninitialized: output) { out in
      nonisolated(unsafe) let out = out
      parallel(over: 0..<images.shape[0], grain: imagesPerChunk) { start, count in
        forEachImage(start..<start + count, of: images, rows: pixels, columns: taps[...]) {
          index, seen in
          for group in 0..<window.groups {
            let first = group * channelsOfGroup
            var product = cairn_product(
              m: pixels.count, n: channelsOfGroup, k: taps.count,
              a: seen.inGroup(group, of: window),
              b: kernel.storage.pointer + first, b_row_stride: channels,
              c: at(out, index * pixels.count * channels + first), c_row_stride: channels,
              c_column_stride: 1)
            epilogue.add(to: &product, column: first)
            kernels.matmul(&product)
          }
        }
      }
    }
  }

  /// Calls `body` for some of the images, with zeros around them if the window leaves them.
  ///
  /// - Parameters:
  ///   - indices: The images.
  ///   - images: All images.
  ///   - rows: The offsets of rows and columns of the matrix that an image is looked at as.
  ///   - columns: The other offsets.
  ///   - body: Receives the number of an image, and the matrix for the first group.
  func forEachImage(
    _ indices: Range<Int>, of images: Tensor, rows: [Int32], columns: ArraySlice<Int32>,
    _ body: (_ index: Int, _ seen: cairn_matrix) -> Void
  ) {
    let imageCount = images.shape.dropFirst().reduce(1, *)
    let first = UnsafePointer(images.storage.pointer)
    let padded = window.isPadded ? Storage(uninitialized: window.paddedCount) : nil
    let copy = padded?.pointer
    copy?.initialize(repeating: 0, count: window.paddedCount)
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        for index in indices {
          let image = first + index * imageCount
          if let copy { window.copy(image, into: copy) }
          body(
            index,
            cairn_matrix(
              data: copy.map { UnsafePointer($0) } ?? image, row_stride: 0, column_stride: 0,
              row_offsets: rows.baseAddress, column_offsets: columns.baseAddress))
        }
      }
    }
    withExtendedLifetime(padded) {}
  }
}

extension cairn_matrix {
  /// What the window sees of the channels of one group.
  func inGroup(_ group: Int, of window: Window) -> cairn_matrix {
    var matrix = self
    matrix.data += group * window.channels
    return matrix
  }
}
