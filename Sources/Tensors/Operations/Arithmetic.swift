import CKernels
import Threads

extension Tensor {
  /// Adds two tensors elementwise, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: The sum, with the broadcast shape.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    if let sum = deferredSum(a, b) { return sum }
    return unsafe combine(a, b, kernels.add).computed(
      from: (a, { $0.summed(to: a.shape) }), (b, { $0.summed(to: b.shape) }))
  }

  /// Subtracts two tensors elementwise, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: The difference, with the broadcast shape.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    unsafe combine(a, b, kernels.subtract).computed(
      from: (a, { $0.summed(to: a.shape) }), (b, { (-$0).summed(to: b.shape) }))
  }

  /// Multiplies two tensors elementwise, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: The product, with the broadcast shape.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    if let product = deferredScaling(a, b) { return product }
    let (x, y) = (a.withoutGradient, b.withoutGradient)
    return unsafe combine(a, b, kernels.multiply).computed(
      from: (a, { ($0 * y).summed(to: x.shape) }), (b, { ($0 * x).summed(to: y.shape) }))
  }

  /// Divides two tensors elementwise, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - a: A tensor.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: The quotient, with the broadcast shape.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.withoutGradient, b.withoutGradient)
    return unsafe combine(a, b, kernels.divide).computed(
      from: (a, { ($0 / y).summed(to: x.shape) }),
      (b, { (-($0 * x) / (y * y)).summed(to: y.shape) }))
  }

  /// Negates each element.
  ///
  /// - Parameter x: A tensor.
  /// - Returns: A tensor of the same shape.
  public static prefix func - (x: Tensor) -> Tensor { x.affine(scale: -1, offset: 0) }

  /// Adds a number to each element.
  ///
  /// - Parameters:
  ///   - x: A tensor.
  ///   - number: The number to add.
  /// - Returns: A tensor of the same shape.
  public static func + (x: Tensor, number: Float) -> Tensor { x.affine(scale: 1, offset: number) }

  /// Subtracts a number from each element.
  ///
  /// - Parameters:
  ///   - x: A tensor.
  ///   - number: The number to subtract.
  /// - Returns: A tensor of the same shape.
  public static func - (x: Tensor, number: Float) -> Tensor { x.affine(scale: 1, offset: -number) }

  /// Multiplies each element by a number.
  ///
  /// - Parameters:
  ///   - x: A tensor.
  ///   - number: The factor.
  /// - Returns: A tensor of the same shape.
  public static func * (x: Tensor, number: Float) -> Tensor { x.affine(scale: number, offset: 0) }

  /// Multiplies each element by a number.
  ///
  /// - Parameters:
  ///   - number: The factor.
  ///   - x: A tensor.
  /// - Returns: A tensor of the same shape.
  public static func * (number: Float, x: Tensor) -> Tensor { x * number }

  /// Divides each element by a number.
  ///
  /// - Parameters:
  ///   - x: A tensor.
  ///   - number: The divisor.
  /// - Returns: A tensor of the same shape.
  public static func / (x: Tensor, number: Float) -> Tensor {
    x / Tensor(repeating: number, shape: x.shape)
  }

  /// Divides a number by each element.
  ///
  /// - Parameters:
  ///   - number: The dividend.
  ///   - x: A tensor.
  /// - Returns: A tensor of the same shape.
  public static func / (number: Float, x: Tensor) -> Tensor {
    Tensor(repeating: number, shape: x.shape) / x
  }

  /// Computes scale · x + offset, rounded twice (not fused).
  func affine(scale: Float, offset: Float) -> Tensor {
    mapped { unsafe kernels.affine($2, $0, scale, offset, $1) }
      .computed(from: (self, { $0.affine(scale: scale, offset: 0) }))
  }

  /// The product of images and one factor for each channel of each, computed when it is needed;
  /// `nil` for other shapes, or if a gradient passes through.
  private static func deferredScaling(_ images: Tensor, _ factors: Tensor) -> Tensor? {
    guard images.node == nil, factors.node == nil, images.rank == 4, images.count > 0,
      factors.shape == [images.shape[0], 1, 1, images.shape[3]]
    else { return nil }
    let (pixels, channels) = (images.shape[1] * images.shape[2], images.shape[3])
    let operation = unsafe DeferredImages.Operation(count: pixels * channels, isInPlace: true) {
      { image, factors, out in
        let (image, factors, out) = unsafe (Shared(image), Shared(factors), Shared(out))
        forEachPart(ofPixels: pixels, channels: channels) { start, count in
          let at = start * channels
          unsafe kernels.multiply(
            Int64(count), Int64(channels), image + at, factors.value, out + at)
        }
      }
    }
    // The factors are known, so that the result does not overwrite them.
    factors.materialize()
    let inputs = [images.imageInput, .known(factors.withoutGradient)]
    return Tensor(images.shape, DeferredImages(images.shape[0], inputs, operation))
  }

  /// The sum of images, of which some are deferred; `nil` otherwise.
  ///
  /// ReLU is computed together with it.
  private static func deferredSum(_ a: Tensor, _ b: Tensor) -> Tensor? {
    guard a.shape == b.shape, a.rank == 4, a.shape[0] > 0,
      a.storage.images != nil || b.storage.images != nil
    else { return nil }
    let count = a.count / a.shape[0]
    func operation(relu: Bool) -> DeferredImages.Operation {
      unsafe DeferredImages.Operation(count: count, isInPlace: true) {
        { a, b, out in
          let (a, b, out) = unsafe (Shared(a), Shared(b), Shared(out))
          forEachPart(ofPixels: count, channels: 1) { start, count in
            unsafe kernels.add(1, Int64(count), a + start, b + start, out + start)
            if relu { unsafe kernels.relu(Int64(count), out + start, out + start) }
          }
        }
      }
    }
    let images = DeferredImages(
      a.shape[0], [a.imageInput, b.imageInput], operation(relu: false),
      rectified: operation(relu: true))
    let y = Tensor(a.shape, images).computed(from: (a, { $0 }), (b, { $0 }))
    guard let node = y.node else { return y }
    images.setReLU(of: node) { z in
      let y = z.withoutGradient
      return z.computed(together: [a, b]) { dy, wanted in
        let gradient = y.reluGradient(dy)
        return wanted.map { _ in gradient }
      }
    }
    return y
  }

  /// Applies a kernel to two tensors after broadcasting them.
  private static func combine(_ a: Tensor, _ b: Tensor, _ kernel: cairn_rows2) -> Tensor {
    a.materialize()
    b.materialize()
    if a.shape == b.shape {
      return Tensor(inParallel: a.shape) { out in
        let kernel = unsafe Shared(kernel)
        parallel(over: 0..<a.count, grain: elementwiseGrain) { start, count in
          unsafe kernel.value(
            1, Int64(count), a.storage.pointer + start, b.storage.pointer + start,
            out + start)
        }
      }
    }
    // Leading extents of 1, as in [1, 1, channels], do not affect broadcasting.
    let row = b.rank <= a.rank ? b.shape.drop { $0 == 1 } : b.shape[...]
    if !row.isEmpty, a.shape.suffix(row.count).elementsEqual(row), b.count > 0 {
      // The bias case: one row is repeated for all rows.
      return Tensor(inParallel: a.shape) { out in
        let kernel = unsafe Shared(kernel)
        let rows = Swift.max(1, elementwiseGrain / b.count)
        parallel(over: 0..<a.count / b.count, grain: rows) { start, count in
          unsafe kernel.value(
            Int64(count), Int64(b.count), a.storage.pointer + start * b.count, b.storage.pointer,
            out + start * b.count)
        }
      }
    }
    let shape = a.shape.broadcast(with: b.shape)
    return unsafe combine(
      a.withoutGradient.broadcast(to: shape), b.withoutGradient.broadcast(to: shape), kernel)
  }

  /// Applies a kernel (input, output, count) to all elements, in chunks.
  ///
  /// `@safe`, like the other functions that split work for a kernel: they pass addresses of `count`
  /// elements. Only the kernel itself is unsafe.
  @safe func mapped(
    _ kernel:
      @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int64) -> Void
  ) -> Tensor {
    materialize()
    return Tensor(inParallel: shape) { out in
      parallel(over: 0..<count, grain: elementwiseGrain) { start, count in
        unsafe kernel(UnsafePointer(storage.pointer + start), out + start, Int64(count))
      }
    }
  }
}

/// The address of an element of an output buffer.
///
/// The buffer must not be empty: an empty buffer has no address.
func at(_ buffer: UnsafeMutableBufferPointer<Float>, _ index: Int) -> UnsafeMutablePointer<Float> {
  // swift-format-ignore: NeverForceUnwrap
  unsafe buffer.baseAddress! + index  // Storage always has an address.
}
