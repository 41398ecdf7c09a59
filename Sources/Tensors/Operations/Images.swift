import Preconditions
import Threads

/// Operations on each image of a batch.
extension Tensor {
  /// Checks that the shape is `[batch, height, width, channels]`.
  ///
  /// - Parameters:
  ///   - file: The source file reported for another shape.
  ///   - line: The source line reported for another shape.
  func requireImages(file: StaticString, line: UInt) {
    require(
      rank == 4,
      "Images must have the shape [batch, height, width, channels], but the shape is \(shape).",
      file: file, line: line)
  }

  /// Maps each image to an image; no gradient passes through.
  ///
  /// - Parameters:
  ///   - shape: The shape of the result.
  ///   - body: A closure that receives an image and its destination.
  /// - Returns: The mapped images, without gradient.
  @safe func mappedImages(
    to shape: Shape,
    _ body: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let count = shape.dropFirst().reduce(1, *)
    let source = ImageSource(self)
    return Tensor(inParallel: shape) { out in
      parallel(chunks: shape[0]) { index in
        let image = unsafe source.reader()
        unsafe body(image(index), out + index * count)
        unsafe withExtendedLifetime(image) {}
      }
    }
  }

  /// Maps each image to an image when the result is needed; no gradient passes through.
  ///
  /// - Parameters:
  ///   - shape: The shape of the result.
  ///   - body: A closure that receives an image and its destination.
  /// - Returns: The mapped images, without gradient.
  @safe func deferredImages(
    to shape: Shape,
    _ body: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let operation = unsafe DeferredImages.Operation(count: shape.dropFirst().reduce(1, *)) {
      { image, _, out in unsafe body(image, out) }
    }
    return Tensor(shape, DeferredImages(shape[0], [imageInput], operation))
  }

  /// Maps each image to an image, which is deferred if there is no gradient; none passes through.
  ///
  /// - Parameters:
  ///   - shape: The shape of the result.
  ///   - body: A closure that receives an image and its destination.
  /// - Returns: The mapped images, without gradient.
  @safe func mappedImagesLater(
    to shape: Shape,
    _ body: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    node == nil && shape[0] > 0
      ? deferredImages(to: shape, body) : mappedImages(to: shape, body)
  }

  /// Applies a kernel (input, output, count) to all elements; no gradient passes through.
  ///
  /// The elements of images without gradient are computed when they are needed, so that a chain of
  /// operations on images goes on through activation functions.
  @safe func mappedLater(
    _ kernel:
      @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int64) -> Void
  ) -> Tensor {
    guard node == nil, rank == 4, count > 0 else { return mapped(kernel) }
    let count = count / shape[0]
    let operation = unsafe DeferredImages.Operation(count: count, isInPlace: true) {
      { x, _, out in
        let (x, out) = unsafe (Shared(x), Shared(out))
        forEachPart(ofPixels: count, channels: 1) { start, count in
          unsafe kernel(x + start, out + start, Int64(count))
        }
      }
    }
    return Tensor(shape, DeferredImages(shape[0], [imageInput], operation))
  }

  /// Maps each image, with the image of another batch, to an image; no gradient passes through.
  ///
  /// - Parameters:
  ///   - other: As many images, which may have another shape.
  ///   - shape: The shape of the result.
  ///   - body: A closure that receives both images and the destination.
  /// - Returns: The mapped images, without gradient.
  @safe func mappedImages(
    with other: Tensor, to shape: Shape,
    _ body:
      @escaping @Sendable (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
      ) -> Void
  ) -> Tensor {
    let count = shape.dropFirst().reduce(1, *)
    let sources = (ImageSource(self), ImageSource(other))
    return Tensor(inParallel: shape) { out in
      parallel(chunks: shape[0]) { index in
        let (first, second) = unsafe (sources.0.reader(), sources.1.reader())
        unsafe body(first(index), second(index), out + index * count)
        unsafe withExtendedLifetime((first, second)) {}
      }
    }
  }
}

extension Tensor {
  /// Maps each image to an image by a linear function.
  ///
  /// - Parameters:
  ///   - shape: The shape of the result.
  ///   - body: A closure that receives an image and its destination.
  ///   - gradient: A closure that receives the gradient of a result, and adds to that of its image.
  /// - Returns: The mapped images.
  @safe func interpolated(
    to shape: Shape,
    _ body: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    gradient:
      @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let (input, count) = (self.shape, self.shape.dropFirst().reduce(1, *))
    return mappedImages(to: shape, body).computed(
      from: (
        self,
        { dy in
          dy.mappedImages(to: input) { dy, sum in
            unsafe sum.initialize(repeating: 0, count: count)
            unsafe gradient(dy, sum)
          }
        }
      ))
  }
}

/// The windows of pooling and convolution.
extension Tensor {
  /// Checks the options of a pooling.
  ///
  /// - Parameters:
  ///   - size: The window size.
  ///   - strides: The strides of the window; `nil` stands for `size`.
  ///   - padding: The padding mode.
  ///   - file: The source file reported for an invalid argument.
  ///   - line: The source line reported for an invalid argument.
  /// - Returns: The window over these images.
  func poolingWindow(
    _ size: Size2D, _ strides: Size2D?, _ padding: Padding, file: StaticString, line: UInt
  ) -> Window {
    requireImages(file: file, line: line)
    let window = Window(
      size, strides: strides ?? size, padding: padding, over: Shape(shape.dropFirst()))
    guard let window else {
      fail(
        """
        A `valid` pool must not be larger than the images, but is \(size.height)x\(size.width) \
        for \(shape).
        """, file: file, line: line)
    }
    return window
  }

  /// Checks the options of a convolution of these images.
  ///
  /// - Parameters:
  ///   - kernel: The kernel, of shape `[kernel height, kernel width, …]`.
  ///   - strides: The strides of the kernel.
  ///   - padding: The padding mode.
  ///   - dilation: The dilation rate.
  ///   - groups: The number of groups.
  ///   - file: The source file reported for an invalid argument.
  ///   - line: The source line reported for an invalid argument.
  /// - Returns: The window over these images.
  func convolutionWindow(
    _ kernel: Shape, strides: Size2D, padding: Padding, dilation: Size2D, groups: Int = 1,
    file: StaticString, line: UInt
  ) -> Window {
    let window = Window(
      Size2D(kernel[0], kernel[1]), strides: strides, dilation: dilation, padding: padding,
      groups: groups, over: Shape(shape.dropFirst()))
    guard let window else {
      fail(
        "A `valid` kernel must not be larger than the images, but is \(kernel) for \(shape).",
        file: file, line: line)
    }
    return window
  }
}
