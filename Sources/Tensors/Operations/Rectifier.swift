import CKernels

extension Tensor {
  /// Returns x between a threshold and a maximum, the maximum above, and a straight line below.
  ///
  /// Where the derivative jumps, it is what TensorFlow's operations behind Keras's `relu` give.
  ///
  /// - Parameters:
  ///   - negativeSlope: The slope up to the threshold, at least 0.
  ///   - maxValue: The greatest value, at least 0; by default there is none.
  ///   - threshold: Where the line reaches 0, at least 0.
  /// - Returns: A tensor of the same shape: `negativeSlope * (x - threshold)` where
  ///   x ≤ threshold, else min(x, maxValue).
  public func relu(negativeSlope: Float, maxValue: Float? = nil, threshold: Float = 0) -> Tensor {
    // Keras takes a leaky ReLU where it can, and a ReLU6 for its maximum; both have derivatives of
    // their own at the ends.
    let function = cairn_rectifier(
      slope: negativeSlope, threshold: threshold, maximum: maxValue ?? .infinity,
      slope_at_threshold: maxValue == nil && threshold == 0 ? negativeSlope : 0,
      slope_at_maximum: maxValue == 6 && threshold == 0 ? 0 : 1)
    let x = withoutGradient
    return mapped { kernels.rectify($2, function, $0, $1) }
      .computed(
        from: (
          self,
          { gradient in
            x.mapped(with: gradient) { kernels.rectify_gradient($3, function, $0, $1, $2) }
          }
        ))
  }
}
