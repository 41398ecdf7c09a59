extension Tensor {
  /// Raises each element to a power.
  ///
  /// ```swift
  /// let rootMeanSquare = x.square().mean().pow(0.5)
  /// ```
  ///
  /// - Parameter exponent: The exponent.
  /// - Returns: A tensor of the same shape; NaN for negative elements if the exponent is not an
  ///   integer.
  public func pow(_ exponent: Float) -> Tensor {
    let x = withoutGradient
    return mapped { input, out, count in
      for index in 0..<Int(count) {
        unsafe out[index] = unsafe Elementary.power(input[index], exponent)
      }
    }
    .computed(
      from: (
        self,
        // For exponent 0, the derivative is 0 also at x = 0, where x⁻¹ is infinite.
        { exponent == 0 ? $0 * 0 : $0 * (x.pow(exponent - 1) * exponent) }
      ))
  }

  /// Raises each element to the power of the corresponding exponent, with NumPy's broadcasting.
  ///
  /// - Parameter exponents: The exponents, with a shape that can be broadcast with that of this
  ///   tensor.
  /// - Returns: The powers, with the broadcast shape. As in TensorFlow, the gradient with respect
  ///   to the exponent is 0 for bases of at most 0.
  public func pow(_ exponents: Tensor) -> Tensor {
    let (x, y) = paired(with: exponents)
    let z = x.mapped(with: y) { base, exponent, out, count in
      for index in 0..<Int(count) {
        unsafe out[index] = unsafe Elementary.power(base[index], exponent[index])
      }
    }
    let (shape, exponentShape) = (self.shape, exponents.shape)
    return z.computed(
      from: (
        self,
        { gradient in
          let slope = Tensor.where(y .== 0, y, y * x.pow(y - 1))
          return (gradient * slope).summed(to: shape)
        }
      ),
      (
        exponents,
        { gradient in
          let logarithm = Tensor.where(x .> 0, x, Tensor(1)).log()
          return (gradient * (z * logarithm)).summed(to: exponentShape)
        }
      ))
  }
}
