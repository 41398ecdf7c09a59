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
private struct Convolution: Sendable {
  private let kernel: Tensor
  private let window: Window

  /// The number of output channels, of all groups and of one.
  private let (channels, channelsOfGroup): (Int, Int)

  /// Where the window begins, and where its elements are from there.
  private let (pixels, taps): ([Int32], [Int32])

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
        forEachImage(start..<start + count, of: images) { index, image in
          for group in 0..<window.groups {
            let first = group * channelsOfGroup
            let image = image + group * window.channels
            window.withMatrix(image, rows: pixels, columns: taps) { seen in
              var product = cairn_product(
                m: pixels.count, n: channelsOfGroup, k: taps.count, a: seen,
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
  }

  /// The gradients with respect to images, kernel and bias, as far as they are wanted.
  ///
  /// All in one pass, so that the gradient of the features is read once and, if it goes through a
  /// `relu`, never written: the images of a chunk stay in the cache, and what the next image needs is
  /// brought there during the product of this one. Each chunk has sums of its own for kernel and bias,
  /// which are added in order.
  ///
  /// - Parameters:
  ///   - dy: The gradient of the features.
  ///   - y: The features, if `relu` was applied to them.
  ///   - wantsImages: Whether the gradient with respect to the images is wanted.
  ///   - images: The images, if the gradient with respect to the kernel is wanted.
  ///   - wantsBias: Whether the gradient with respect to the bias is wanted.
  /// - Returns: The gradients that are wanted, in this order.
  func gradients(
    _ dy: Tensor, relu y: Tensor? = nil, images wantsImages: Bool = false,
    kernelOn images: Tensor? = nil, bias wantsBias: Bool = false
  ) -> [Tensor] {
    let batch = dy.shape[0]
    let shape: Shape = [
      batch, window.inputHeight, window.inputWidth, window.groups * window.channels,
    ]
    let featureCount = pixels.count * channels
    let imageCount = shape.dropFirst().reduce(1, *)
    let chunks = (batch + imagesPerChunk - 1) / imagesPerChunk
    let transposed = Matrix(kernel, rows: taps.count, columns: channels).transposed.packed

    let dx = wantsImages ? Storage(uninitialized: shape.elementCount) : nil
    let dKernel = images.map { _ in Storage(uninitialized: chunks * taps.count * channels) }
    let dBias = wantsBias ? Storage(uninitialized: chunks * channels) : nil
    parallel(over: 0..<batch, grain: imagesPerChunk) { start, count in
      let chunk = start / imagesPerChunk
      let sums = dBias.map { $0.pointer + chunk * channels }
      let masked = y.map { _ in Storage(uninitialized: count * featureCount) }
      let dyOfChunk = UnsafePointer(dy.storage.pointer) + start * featureCount
      let dz = masked.map { UnsafePointer($0.pointer) } ?? dyOfChunk
      if y == nil, let sums {
        kernels.sum(1, Int64(count * pixels.count), Int64(channels), dz, sums)
      }
      if y != nil { sums?.initialize(repeating: 0, count: channels) }

      /// Takes an image's gradient back through the `relu`, if there is one.
      func mask(_ index: Int) {
        guard let y, let masked else { return }
        let (at, offset) = (index * featureCount, (index - start) * featureCount)
        if let sums {
          kernels.relu_gradient_sums(
            Int64(pixels.count), Int64(channels), y.storage.pointer + at, dyOfChunk + offset,
            masked.pointer + offset, sums)
        } else {
          kernels.relu_gradient(
            Int64(featureCount), y.storage.pointer + at, dyOfChunk + offset,
            masked.pointer + offset)
        }
      }

      if let dKernel, let images {
        forEachImage(start..<start + count, of: images) { index, image in
          mask(index)
          for group in 0..<window.groups {
            let first = group * channelsOfGroup
            let image = image + group * window.channels
            window.withMatrix(image, rows: taps, columns: pixels) { seen in
              var product = cairn_product(
                m: taps.count, n: channelsOfGroup, k: pixels.count, a: seen,
                b: dz + (index - start) * featureCount + first, b_row_stride: channels,
                c: dKernel.pointer + chunk * taps.count * channels + first,
                c_row_stride: channels, c_column_stride: 1)
              product.accumulate = index == start ? 0 : 1
              if let y, index + 1 < batch {
                let next = (index + 1) * featureCount
                product.soon = (
                  UnsafePointer(y.storage.pointer + next),
                  UnsafePointer(dy.storage.pointer + next), nil, nil
                )
                product.soon_count = 2
                product.soon_length = Int64(featureCount)
              }
              kernels.matmul(&product)
            }
          }
        }
      } else {
        for index in start..<start + count { mask(index) }
      }
      if let dx {
        // dy · kernelᵀ, added to where the window saw it.
        let columns = Storage(uninitialized: pixels.count * taps.count)
        for index in start..<start + count {
          let image = dx.pointer + index * imageCount
          image.initialize(repeating: 0, count: imageCount)
          for group in 0..<window.groups {
            let first = group * channelsOfGroup
            var product = cairn_product(
              m: pixels.count, n: taps.count, k: channelsOfGroup,
              a: cairn_matrix(
                data: dz + (index - start) * featureCount + first, row_stride: Int64(channels),
                column_stride: 1, row_offsets: nil, column_offsets: nil),
              b: transposed.address(row: first, column: 0), b_row_stride: taps.count,
              c: columns.pointer, c_row_stride: taps.count, c_column_stride: 1)
            kernels.matmul(&product)
            kernels.columns_to_image(
              window.kernel, columns.pointer, image + group * window.channels)
          }
        }
        withExtendedLifetime(columns) {}
      }
      withExtendedLifetime(masked) {}
    }
    return [
      dx.map { Tensor(shape: shape, storage: $0) },
      dKernel.map {
        Tensor(shape: Shape([chunks] + kernel.shape.dimensions), storage: $0).sum(axes: [0])
      },
      dBias.map { Tensor(shape: [chunks, channels], storage: $0).sum(axes: [0]) },
    ].compactMap { $0 }
  }

  /// Calls `body` with some of the images, with zeros around them if the window leaves them.
  private func forEachImage(
    _ indices: Range<Int>, of images: Tensor,
    _ body: (_ index: Int, _ image: UnsafePointer<Float>) -> Void
  ) {
    let imageCount = images.shape.dropFirst().reduce(1, *)
    let padded = window.isPadded ? Storage(uninitialized: window.paddedCount) : nil
    padded?.pointer.initialize(repeating: 0, count: window.paddedCount)
    for index in indices {
      let image = UnsafePointer(images.storage.pointer) + index * imageCount
      if let padded { window.copy(image, into: padded.pointer) }
      body(index, padded.map { UnsafePointer($0.pointer) } ?? image)
    }
    withExtendedLifetime(padded) {}
  }
}
