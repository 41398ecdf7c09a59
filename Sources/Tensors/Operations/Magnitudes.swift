import CKernels

extension Tensor {
  /// Returns |x| for each element; the gradient at 0 is 0.
  ///
  /// - Returns: A tensor of the same shape.
  public func abs() -> Tensor {
    let x = withoutGradient
    return mapped { unsafe kernels.absolute($2, $0, $1) }.computed(from: (self, { $0 * x.sign() }))
  }

  /// Returns −1, 0 or 1 for each element, and NaN for NaN; no gradient passes through.
  ///
  /// - Returns: A tensor of the same shape.
  public func sign() -> Tensor { withoutGradient.mapped { unsafe kernels.sign($2, $0, $1) } }

  /// Returns x² for each element.
  ///
  /// - Returns: A tensor of the same shape.
  public func square() -> Tensor { self * self }

  /// Returns √x for each element, correctly rounded.
  ///
  /// - Returns: A tensor of the same shape; NaN for negative elements.
  public func sqrt() -> Tensor {
    let y = mapped { unsafe kernels.square_root($2, $0, $1) }
    return y.computed(from: (self, { $0 * 0.5 / y }))
  }
}
