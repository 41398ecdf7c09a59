import CKernels

/// How many images of a batch are one chunk.
///
/// Enough work for a thread, and few enough that a batch keeps several threads busy. Fixed, because
/// the partial sums of a kernel's gradient follow it.
private let imagesPerChunk = 4

extension Tensor {
  /// Convolves images with a kernel (which, as everywhere in the field, is a cross-correlation).
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, input channels, output channels]`.
  ///   - strides: How far the kernel moves.
  ///   - padding: What happens at the border.
  /// - Returns: For images of shape `[batch, height, width, input channels]`, features of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes fit each other, and a `valid` kernel is not larger than an image.
  public func convolution(_ kernel: Tensor, strides: Size2D = 1, padding: Padding = .valid)
    -> Tensor
  {
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
    return x.convolved(w, window).computed(
      from: (self, { $0.convolutionInputGradient(w, window, inputShape: x.shape) }),
      (kernel, { x.convolutionKernelGradient($0, window, kernelShape: w.shape) }))
  }

  /// Each image: what the window sees, as a matrix `[pixels, window]`, times the kernel.
  private func convolved(_ kernel: Tensor, _ window: Window) -> Tensor {
    let channels = kernel.shape[3]
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, channels]
    return Tensor(uninitialized: output) { out in
      nonisolated(unsafe) let out = out
      forEachImage(window) { index, seen in
        multiply(
          rows: window.outputPixels, columns: channels, inner: window.windowCount,
          seen, kernel.storage.pointer, into: at(out, index * window.outputPixels * channels))
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
    return Tensor(uninitialized: Shape([chunks] + kernelShape.dimensions)) { out in
      nonisolated(unsafe) let out = out
      forEachImage(window) { index, seen in
        multiply(
          rows: window.windowCount, columns: channels, inner: window.outputPixels,
          cairn_matrix(data: seen.data, row_stride: 1, column_stride: seen.row_stride),
          dy.storage.pointer + index * window.outputPixels * channels,
          into: at(out, index / imagesPerChunk * kernelShape.elementCount),
          accumulating: index % imagesPerChunk != 0)
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
          let dy = cairn_matrix(
            data: UnsafePointer(storage.pointer) + index * window.outputPixels * channels,
            row_stride: Int64(channels), column_stride: 1)
          multiply(
            rows: window.outputPixels, columns: window.windowCount, inner: channels,
            dy, transposed.tensor.storage.pointer, into: columns.pointer)
          let image = at(out, index * imageCount)
          image.initialize(repeating: 0, count: imageCount)
          kernels.columns_to_image(window.kernel, columns.pointer, image)
        }
      }
    }
  }

  /// Calls `body` with each image of the batch as the matrix `[pixels, window]` of what the window
  /// sees; images of one chunk one after another.
  private func forEachImage(
    _ window: Window, _ body: @Sendable (_ index: Int, _ seen: cairn_matrix) -> Void
  ) {
    let imageCount = shape.dropFirst().reduce(1, *)
    parallel(over: 0..<shape[0], grain: imagesPerChunk) { start, count in
      let columns = Storage(
        uninitialized: window.isPointwise ? 0 : window.outputPixels * window.windowCount)
      for index in start..<start + count {
        let image = UnsafePointer(storage.pointer) + index * imageCount
        if !window.isPointwise {
          kernels.image_to_columns(window.kernel, image, columns.pointer)
        }
        body(
          index,
          cairn_matrix(
            data: window.isPointwise ? image : UnsafePointer(columns.pointer),
            row_stride: Int64(window.windowCount), column_stride: 1))
      }
      withExtendedLifetime(columns) {}
    }
  }
}

/// c[rows × columns] = a · b, or += when accumulating; the rows of b and c are contiguous.
private func multiply(
  rows: Int, columns: Int, inner: Int, _ a: cairn_matrix, _ b: UnsafePointer<Float>,
  into c: UnsafeMutablePointer<Float>, accumulating: Bool = false
) {
  kernels.matmul(
    Int64(rows), Int64(columns), Int64(inner), a,
    cairn_matrix(data: b, row_stride: Int64(columns), column_stride: 1),
    c, Int64(columns), 1, accumulating ? 1 : 0)
}
