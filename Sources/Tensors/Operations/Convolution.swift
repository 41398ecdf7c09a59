import CKernels

/// How many images of a batch are one chunk.
///
/// Enough work for a thread, and few enough that a batch keeps several threads busy. Fixed, because
/// the partial sums of a kernel's gradient follow it.
private let imagesPerChunk = 4

extension Tensor {
  /// Convolves images with a kernel (which, as everywhere in the field, is a cross-correlation);
  /// adds a bias and applies `relu` on the way, if they are asked for.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, input channels, output channels]`.
  ///   - bias: What is added to each pixel of the features, of shape `[output channels]`.
  ///   - relu: Whether negative results become 0.
  ///   - strides: How far the kernel moves.
  ///   - padding: What happens at the border.
  /// - Returns: For images of shape `[batch, height, width, input channels]`, features of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes fit each other, and a `valid` kernel is not larger than an image.
  public func convolution(
    _ kernel: Tensor, bias: Tensor? = nil, relu: Bool = false, strides: Size2D = 1,
    padding: Padding = .valid
  ) -> Tensor {
    precondition(
      rank == 4 && kernel.rank == 4 && shape[3] == kernel.shape[2],
      "images of shape \(shape) cannot be convolved with a kernel of shape \(kernel.shape)")
    let window = Window(
      Size2D(kernel.shape[0], kernel.shape[1]), strides: strides, padding: padding,
      over: Shape(shape.dropFirst()))
    guard let window else {
      preconditionFailure("a kernel of shape \(kernel.shape) is larger than images of \(shape)")
    }
    let (x, w) = (withoutGradient, kernel.withoutGradient)
    let y = x.convolved(w, window, Epilogue(bias: bias, relu: relu, columns: kernel.shape[3]))
    let nodes = (self.node, kernel.node, bias?.node)
    let inputs = [nodes.0, nodes.1, nodes.2].compactMap { $0 }
    guard !inputs.isEmpty else { return y }
    let wanted = (input: nodes.0 != nil, kernel: nodes.1 != nil, bias: nodes.2 != nil)
    return y.computed(
      from: .init(inputs: inputs) { dy in
        x.convolutionGradients(w, window, dy: dy, relu: relu ? y : nil, wanted)
      })
  }

  /// Each image: what the window sees, as a matrix `[pixels, window]`, times the kernel.
  private func convolved(_ kernel: Tensor, _ window: Window, _ epilogue: Epilogue) -> Tensor {
    let channels = kernel.shape[3]
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, channels]
    let (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
    return Tensor(uninitialized: output) { out in
      nonisolated(unsafe) let out = out
      parallel(over: 0..<shape[0], grain: imagesPerChunk) { start, count in
        forEachImage(start..<start + count, window) { index, image in
          window.withMatrix(image, rows: pixels, columns: taps) { seen in
            var product = cairn_product(
              m: pixels.count, n: channels, k: taps.count, a: seen, b: kernel.storage.pointer,
              b_row_stride: channels, c: at(out, index * pixels.count * channels),
              c_row_stride: channels, c_column_stride: 1)
            epilogue.add(to: &product)
            kernels.matmul(&product)
          }
        }
      }
    }
  }

  /// The gradients with respect to images, kernel and bias, as far as they are wanted.
  ///
  /// All in one pass, so that the gradient of the features is read once and, if it goes through a
  /// `relu`, never written: the images of a chunk stay in the cache. Each chunk has sums of its own for
  /// kernel and bias, which are added in order.
  ///
  /// - Parameters:
  ///   - kernel: The kernel.
  ///   - window: How the kernel moves.
  ///   - dy: The gradient of the result.
  ///   - y: The result, if `relu` was applied to it.
  ///   - wanted: Which gradients to compute.
  /// - Returns: The gradients that are wanted, in this order.
  private func convolutionGradients(
    _ kernel: Tensor, _ window: Window, dy: Tensor, relu y: Tensor?,
    _ wanted: (input: Bool, kernel: Bool, bias: Bool)
  ) -> [Tensor] {
    let (channels, kernelShape) = (kernel.shape[3], kernel.shape)
    let (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
    let featureCount = pixels.count * channels
    let imageCount = shape.dropFirst().reduce(1, *)
    let chunks = (shape[0] + imagesPerChunk - 1) / imagesPerChunk
    let transposed = Matrix(kernel, rows: taps.count, columns: channels).transposed.packed

    let dx = wanted.input ? Storage(uninitialized: count) : nil
    let dKernel = wanted.kernel ? Storage(uninitialized: chunks * taps.count * channels) : nil
    let dBias = wanted.bias ? Storage(uninitialized: chunks * channels) : nil
    parallel(over: 0..<shape[0], grain: imagesPerChunk) { start, count in
      var dz = UnsafePointer(dy.storage.pointer) + start * featureCount
      let masked = y.map { y in
        let masked = Storage(uninitialized: count * featureCount)
        kernels.relu_gradient(
          Int64(masked.count), y.storage.pointer + start * featureCount, dz, masked.pointer)
        dz = UnsafePointer(masked.pointer)
        return masked
      }
      let chunk = start / imagesPerChunk
      if let dBias {
        kernels.sum(
          1, Int64(count * pixels.count), Int64(channels), dz, dBias.pointer + chunk * channels)
      }
      if let dKernel {
        forEachImage(start..<start + count, window) { index, image in
          window.withMatrix(image, rows: taps, columns: pixels) { seen in
            var product = cairn_product(
              m: taps.count, n: channels, k: pixels.count, a: seen,
              b: dz + (index - start) * featureCount, b_row_stride: channels,
              c: dKernel.pointer + chunk * taps.count * channels, c_row_stride: channels,
              c_column_stride: 1)
            product.accumulate = index == start ? 0 : 1
            kernels.matmul(&product)
          }
        }
      }
      if let dx {
        // dy · kernelᵀ, added to where the window saw it.
        let columns = Storage(uninitialized: pixels.count * taps.count)
        for index in start..<start + count {
          var product = cairn_product(
            m: pixels.count, n: taps.count, k: channels,
            a: cairn_matrix(
              data: dz + (index - start) * featureCount, row_stride: Int64(channels),
              column_stride: 1, row_offsets: nil, column_offsets: nil),
            b: transposed.address(row: 0, column: 0), b_row_stride: taps.count,
            c: columns.pointer, c_row_stride: taps.count, c_column_stride: 1)
          kernels.matmul(&product)
          let image = dx.pointer + index * imageCount
          image.initialize(repeating: 0, count: imageCount)
          kernels.columns_to_image(window.kernel, columns.pointer, image)
        }
        withExtendedLifetime(columns) {}
      }
      withExtendedLifetime(masked) {}
    }
    return [
      dx.map { Tensor(shape: shape, storage: $0) },
      dKernel.map {
        Tensor(shape: Shape([chunks] + kernelShape.dimensions), storage: $0).sum(axes: [0])
      },
      dBias.map { Tensor(shape: [chunks, channels], storage: $0).sum(axes: [0]) },
    ].compactMap { $0 }
  }

  /// Calls `body` with some of the images, with zeros around them if the window leaves them.
  private func forEachImage(
    _ images: Range<Int>, _ window: Window,
    _ body: (_ index: Int, _ image: UnsafePointer<Float>) -> Void
  ) {
    let imageCount = shape.dropFirst().reduce(1, *)
    let padded = window.isPadded ? Storage(uninitialized: window.paddedCount) : nil
    padded?.pointer.initialize(repeating: 0, count: window.paddedCount)
    for index in images {
      let image = UnsafePointer(storage.pointer) + index * imageCount
      if let padded { window.copy(image, into: padded.pointer) }
      body(index, padded.map { UnsafePointer($0.pointer) } ?? image)
    }
    withExtendedLifetime(padded) {}
  }
}
