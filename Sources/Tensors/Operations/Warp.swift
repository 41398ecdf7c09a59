import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Applies an affine transform to each image.
  ///
  /// Equals Keras's `ops.image.affine_transform` on TensorFlow. The gradient is exact, as on JAX;
  /// TensorFlow approximates it by the inverse transform.
  ///
  /// - Parameters:
  ///   - transforms: One transform for each image.
  ///   - interpolation: The interpolation method.
  ///   - fillMode: The value of pixels outside the image.
  ///   - fillValue: The constant for ``FillMode/constant``.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: Images of the same shape, `[batch, height, width, channels]`.
  public func transformed(
    by transforms: [AffineTransform], interpolation: Interpolation = .bilinear,
    fillMode: FillMode = .constant, fillValue: Float = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    requireImages(file: file, line: line)
    require(
      transforms.count == shape[0],
      "`transforms` must have one transform for each of \(shape[0]) images, but has "
        + "\(transforms.count).", file: file, line: line)
    let (shape, count) = (shape, shape.dropFirst().reduce(1, *))
    @Sendable func withWarp(_ index: Int, _ body: (cairn_warp) -> Void) {
      let fill = [Float](repeating: fillValue, count: Swift.max(shape[3], 1))
      unsafe fill.withUnsafeBufferPointer { fill in
        guard let fill = fill.baseAddress else { return }
        unsafe body(
          cairn_warp(
            of: shape, by: transforms[index], interpolation, fillMode, fill, displacements: nil))
      }
    }
    return warpedImages { index, image, out in
      unsafe withWarp(index) { unsafe $0.resample(image, to: out) }
    }
    .computed(
      from: (
        self,
        { dy in
          dy.warpedImages { index, dy, gradient in
            unsafe gradient.initialize(repeating: 0, count: count)
            unsafe withWarp(index) { unsafe $0.addGradient(of: dy, to: gradient) }
          }
        }
      ))
  }

  /// Maps each image, with its index, to an image of the same shape; no gradient passes through.
  @safe func warpedImages(
    _ body:
      @escaping @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let count = shape.dropFirst().reduce(1, *)
    return Tensor(inParallel: shape) { out in
      parallel(chunks: shape[0]) { index in
        unsafe body(
          index, UnsafePointer(storage.pointer) + index * count, out + index * count)
      }
    }
  }
}

extension cairn_warp {
  /// Creates the resampling of an image in a batch of a shape.
  init(
    of shape: Shape, by transform: AffineTransform, _ interpolation: Interpolation,
    _ fillMode: FillMode, _ fill: UnsafePointer<Float>, displacements: UnsafePointer<Float>?
  ) {
    let (a, b) = (transform.a, transform.b)
    unsafe self.init(
      height: Int64(shape[1]), width: Int64(shape[2]), channels: Int64(shape[3]),
      matrix: (a.x, a.y, a.z, b.x, b.y, b.z), fill: fillMode.kernelFill,
      is_bilinear: interpolation == .bilinear ? 1 : 0, fill_values: fill,
      displacements: displacements)
  }

  /// Resamples an image.
  func resample(_ image: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>) {
    unsafe withUnsafePointer(to: self) { unsafe kernels.warp($0, image, out) }
  }

  /// Adds the gradient of the resampled image to that of the image.
  fileprivate func addGradient(
    of dy: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>
  ) {
    unsafe withUnsafePointer(to: self) { unsafe kernels.warp_gradient($0, dy, gradient) }
  }
}

extension FillMode {
  fileprivate var kernelFill: cairn_fill {
    switch self {
    case .constant: cairn_fill_constant
    case .nearest: cairn_fill_nearest
    case .reflect: cairn_fill_reflect
    case .wrap: cairn_fill_wrap
    }
  }
}
