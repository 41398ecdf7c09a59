import CKernels

extension Tensor {
  /// Returns x for positive x, otherwise alpha (eˣ − 1).
  ///
  /// Source: D. Clevert et al., 2016.
  ///
  /// - Parameter alpha: The slope and negative limit: outputs approach −alpha for very negative
  ///   inputs.
  /// - Returns: A tensor of the same shape.
  public func elu(alpha: Float = 1) -> Tensor {
    exponentialLinear(positive: 1, negative: alpha, atZero: alpha)
  }

  /// Returns 1.0507 x for positive x, otherwise 1.7581 (eˣ − 1).
  ///
  /// The constants preserve mean and variance from layer to layer. Source: G. Klambauer et al.,
  /// 2017.
  ///
  /// - Returns: A tensor of the same shape.
  public func selu() -> Tensor {
    let scale: Float = 1.050_700_987_355_480_5
    return exponentialLinear(positive: scale, negative: 1.758_099_340_847_376_9, atZero: scale)
  }

  private func exponentialLinear(positive: Float, negative: Float, atZero: Float) -> Tensor {
    let x = withoutGradient
    return mappedLater { unsafe kernels.exponential_linear($2, positive, negative, $0, $1) }
      .computed(
        from: (
          self,
          { gradient in
            x.mapped(with: gradient) {
              unsafe kernels.exponential_linear_gradient($3, positive, negative, atZero, $0, $1, $2)
            }
          }
        ))
  }
}
