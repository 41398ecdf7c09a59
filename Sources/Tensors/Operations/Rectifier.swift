import CKernels

extension Tensor {
  /// Returns the rectified linear unit with an optional maximum, negative slope and threshold.
  ///
  /// At its discontinuities, the derivative equals that of the TensorFlow operations behind Keras's
  /// `relu`.
  ///
  /// - Parameters:
  ///   - negativeSlope: The slope below the threshold, at least 0.
  ///   - maxValue: The maximum output, at least 0; `nil` for none.
  ///   - threshold: The threshold, at least 0.
  /// - Returns: A tensor of the same shape: `negativeSlope * (x - threshold)` for x ≤ threshold,
  ///   otherwise min(x, maxValue).
  public func relu(negativeSlope: Float, maxValue: Float? = nil, threshold: Float = 0) -> Tensor {
    // Keras uses TensorFlow's leaky ReLU where possible, and ReLU6 for the maximum 6; their
    // derivatives differ at the discontinuities.
    let function = cairn_rectifier(
      slope: negativeSlope, threshold: threshold, maximum: maxValue ?? .infinity,
      slope_at_threshold: maxValue == nil && threshold == 0 ? negativeSlope : 0,
      slope_at_maximum: maxValue == 6 && threshold == 0 ? 0 : 1)
    let x = withoutGradient
    return mappedLater { unsafe kernels.rectify($2, function, $0, $1) }
      .computed(
        from: (
          self,
          { gradient in
            x.mapped(with: gradient) { unsafe kernels.rectify_gradient($3, function, $0, $1, $2) }
          }
        ))
  }
}
