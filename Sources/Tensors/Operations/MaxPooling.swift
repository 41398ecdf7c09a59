import CKernels

extension Tensor {
  /// Takes the largest element of each channel in each window.
  ///
  /// - Parameters:
  ///   - size: The size of the window.
  ///   - strides: How far the window moves; by default its size.
  ///   - padding: What happens at the border; elements outside the image never win.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, output height, output width, channels]`.
  /// - Precondition: A `valid` window is not larger than an image.
  public func maxPooling(_ size: Size2D, strides: Size2D? = nil, padding: Padding = .valid)
    -> Tensor
  {
    precondition(rank == 4, "a tensor of shape \(shape) does not hold images")
    let window = Window(
      size, strides: strides ?? size, padding: padding, over: Shape(shape.dropFirst()))
    guard let window else {
      preconditionFailure("a pool of \(size.height) × \(size.width) does not fit in \(shape)")
    }
    let x = withoutGradient
    let inputCount = shape.dropFirst().reduce(1, *)
    let outputCount = window.outputPixels * shape[3]
    let output: Shape = [shape[0], window.outputHeight, window.outputWidth, shape[3]]
    return Tensor(uninitialized: output) { out in
      nonisolated(unsafe) let out = out
      parallel(chunks: shape[0]) { image in
        kernels.max_pool(
          window.kernel, storage.pointer + image * inputCount, at(out, image * outputCount))
      }
    }
    .computed(
      from: (
        self,
        { dy in
          Tensor(uninitialized: x.shape) { out in
            nonisolated(unsafe) let out = out
            parallel(chunks: x.shape[0]) { image in
              let gradient = at(out, image * inputCount)
              gradient.initialize(repeating: 0, count: inputCount)
              kernels.max_pool_gradient(
                window.kernel, x.storage.pointer + image * inputCount,
                dy.storage.pointer + image * outputCount, gradient)
            }
          }
        }
      ))
  }
}
