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
    let epilogue = Epilogue(bias: bias, relu: relu, columns: kernel.shape[3])
    return x.convolved(w, window, epilogue).computed(bias: bias, relu: relu) { y in
      y.computed(
        from: (self, { $0.convolutionInputGradient(w, window, inputShape: x.shape) }),
        (kernel, { x.convolutionKernelGradient($0, window, kernelShape: w.shape) }))
    }
  }

  /// Each image: what the window sees, as a matrix `[pixels, window]`, times the kernel.
  private func convolved(_ kernel: Tensor, _ window: Window, _ epilogue: Epilogue) -> Tensor {
    let channels = kernel.shape[3]
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, channels]
    let (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
    return Tensor(uninitialized: output) { out in
      nonisolated(unsafe) let out = out
      forEachImage(window) { index, image in
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

  /// The sum over all images of windowsᵀ · dy; each chunk of images has a sum of its own, and
  /// these are added in order.
  private func convolutionKernelGradient(_ dy: Tensor, _ window: Window, kernelShape: Shape)
    -> Tensor
  {
    let channels = kernelShape[3]
    let chunks = (shape[0] + imagesPerChunk - 1) / imagesPerChunk
    let (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
    return Tensor(uninitialized: Shape([chunks] + kernelShape.dimensions)) { out in
      nonisolated(unsafe) let out = out
      forEachImage(window) { index, image in
        window.withMatrix(image, rows: taps, columns: pixels) { seen in
          var product = cairn_product(
            m: taps.count, n: channels, k: pixels.count, a: seen,
            b: dy.storage.pointer + index * pixels.count * channels, b_row_stride: channels,
            c: at(out, index / imagesPerChunk * kernelShape.elementCount), c_row_stride: channels,
            c_column_stride: 1)
          product.accumulate = index.isMultiple(of: imagesPerChunk) ? 0 : 1
          kernels.matmul(&product)
        }
      }
    }
    .sum(axes: [0])
  }

  /// Each image: dy · kernelᵀ, added to where the window saw it.
  private func convolutionInputGradient(_ kernel: Tensor, _ window: Window, inputShape: Shape)
    -> Tensor
  {
    let channels = kernel.shape[3]
    let transposed = Matrix(kernel, rows: window.windowCount, columns: channels).transposed.packed
    let imageCount = inputShape.dropFirst().reduce(1, *)
    return Tensor(uninitialized: inputShape) { out in
      nonisolated(unsafe) let out = out
      parallel(over: 0..<inputShape[0], grain: imagesPerChunk) { start, count in
        let columns = Storage(uninitialized: window.outputPixels * window.windowCount)
        for index in start..<start + count {
          let dy = Matrix(withoutGradient, rows: count * window.outputPixels, columns: channels)
          var product = cairn_product(
            m: window.outputPixels, n: window.windowCount, k: channels,
            a: dy.from(row: index * window.outputPixels, column: 0),
            b: transposed.address(row: 0, column: 0), b_row_stride: window.windowCount,
            c: columns.pointer, c_row_stride: window.windowCount, c_column_stride: 1)
          kernels.matmul(&product)
          let image = at(out, index * imageCount)
          image.initialize(repeating: 0, count: imageCount)
          kernels.columns_to_image(window.kernel, columns.pointer, image)
        }
      }
    }
  }

  /// Calls `body` with each image of the batch, with zeros around it if the window leaves the image;
  /// images of one chunk one after another.
  private func forEachImage(
    _ window: Window, _ body: @Sendable (_ index: Int, _ image: UnsafePointer<Float>) -> Void
  ) {
    let imageCount = shape.dropFirst().reduce(1, *)
    parallel(over: 0..<shape[0], grain: imagesPerChunk) { start, count in
      let padded = window.isPadded ? Storage(uninitialized: window.paddedCount) : nil
      padded?.pointer.initialize(repeating: 0, count: window.paddedCount)
      for index in start..<start + count {
        let image = UnsafePointer(storage.pointer) + index * imageCount
        if let padded { window.copy(image, into: padded.pointer) }
        body(index, padded.map { UnsafePointer($0.pointer) } ?? image)
      }
    }
  }
}
