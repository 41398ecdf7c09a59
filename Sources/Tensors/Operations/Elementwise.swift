import CKernels
import Threads

extension Tensor {
  /// Returns max(x, 0) for each element.
  ///
  /// - Returns: A tensor of the same shape.
  public func relu() -> Tensor {
    if let y = storage.normalization?.withReLU(self) ?? storage.images?.withReLU(self) { return y }
    let y = mappedLater { unsafe kernels.relu($2, $0, $1) }
    return y.computed(from: (self, { y.reluGradient($0) }))
  }

  /// The gradient before the ReLU that computed this tensor.
  func reluGradient(_ gradient: Tensor) -> Tensor {
    mapped(with: gradient) { unsafe kernels.relu_gradient($3, $0, $1, $2) }
  }

  /// Returns eˣ for each element.
  ///
  /// - Returns: A tensor of the same shape.
  public func exp() -> Tensor {
    let y = mapped { unsafe kernels.exp($2, $0, $1) }
    return y.computed(from: (self, { $0 * y }))
  }

  /// Returns the natural logarithm of each element.
  ///
  /// - Returns: A tensor of the same shape; −∞ for 0 and NaN for negative elements.
  public func log() -> Tensor {
    let x = withoutGradient
    return mapped { unsafe kernels.log($2, $0, $1) }.computed(from: (self, { $0 / x }))
  }

  /// Returns 1 / (1 + e⁻ˣ) for each element.
  ///
  /// - Returns: A tensor of the same shape, with elements in `0...1`.
  public func sigmoid() -> Tensor {
    let storage = Storage(uninitialized: count, logits: self, isSoftmax: false)
    let (x, out) = unsafe (Shared(self.storage.pointer), Shared(storage.pointer))
    parallel(over: 0..<count, grain: elementwiseGrain) { start, count in
      unsafe kernels.sigmoid(Int64(count), x + start, out + start)
    }
    let y = Tensor(shape: shape, storage: storage)
    return y.computed(from: (self, { $0 * (y * (1 - y)) }))
  }

  /// Returns the hyperbolic tangent of each element.
  ///
  /// - Returns: A tensor of the same shape, with elements in `-1...1`.
  public func tanh() -> Tensor {
    let y = mapped { unsafe kernels.tanh($2, $0, $1) }
    return y.computed(from: (self, { $0 * (1 - y * y) }))
  }

  /// Clips each element to a range; the gradient is 0 outside.
  ///
  /// - Parameter range: The range of unchanged values.
  /// - Returns: A tensor of the same shape.
  public func clipped(to range: ClosedRange<Float>) -> Tensor {
    let x = withoutGradient
    return mappedLater { unsafe kernels.clip($2, $0, range.lowerBound, range.upperBound, $1) }
      .computed(
        from: (
          self,
          { gradient in
            x.mapped(with: gradient) {
              unsafe kernels.clip_gradient($3, $0, range.lowerBound, range.upperBound, $1, $2)
            }
          }
        ))
  }

  /// Subtracts each element from a number.
  ///
  /// - Parameters:
  ///   - number: The number to subtract the elements from.
  ///   - x: A tensor.
  /// - Returns: A tensor of the same shape.
  public static func - (number: Float, x: Tensor) -> Tensor { x.affine(scale: -1, offset: number) }

  /// Applies a kernel (input, other input, output, count) in chunks.
  @safe func mapped(
    with other: Tensor,
    _ kernel:
      @escaping @Sendable (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int64
      ) -> Void
  ) -> Tensor {
    mapped(with: other, other) { unsafe kernel($0, $1, $3, $4) }
  }

  /// Applies a kernel (input, two other inputs, output, count) in chunks.
  @safe func mapped(
    with second: Tensor, _ third: Tensor,
    _ kernel:
      @escaping @Sendable (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
        UnsafeMutablePointer<Float>, Int64
      ) -> Void
  ) -> Tensor {
    materialize()
    second.materialize()
    third.materialize()
    return Tensor(inParallel: shape) { out in
      parallel(over: 0..<count, grain: elementwiseGrain) { start, count in
        unsafe kernel(
          UnsafePointer(storage.pointer + start), UnsafePointer(second.storage.pointer + start),
          UnsafePointer(third.storage.pointer + start), out + start, Int64(count))
      }
    }
  }
}
