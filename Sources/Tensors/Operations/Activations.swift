import CKernels

extension Tensor {
  /// Returns log(1 + eˣ) for each element, without overflow or cancellation.
  ///
  /// - Returns: A tensor of the same shape.
  public func softplus() -> Tensor { activated(cairn_softplus) }

  /// Returns log(1 / (1 + e⁻ˣ)) for each element.
  ///
  /// - Returns: A tensor of the same shape, with elements of at most 0.
  public func logSigmoid() -> Tensor { activated(cairn_log_sigmoid) }

  /// Returns x / (1 + |x|) for each element.
  ///
  /// - Returns: A tensor of the same shape, with elements in `-1...1`.
  public func softsign() -> Tensor { activated(cairn_softsign) }

  /// Returns x / (1 + e⁻ˣ) for each element.
  ///
  /// Source: Ramachandran et al., 2017, where it is called Swish.
  ///
  /// - Returns: A tensor of the same shape.
  public func silu() -> Tensor { activated(cairn_silu) }

  /// Returns x Φ(x) for each element, where Φ is the standard normal distribution function.
  ///
  /// Source: Hendrycks et al., 2016.
  ///
  /// Uses the error function (Keras's default), not the tanh approximation.
  ///
  /// - Returns: A tensor of the same shape.
  public func gelu() -> Tensor { activated(cairn_gelu) }

  /// Returns x / 6 + ½, clipped to `0...1`, for each element.
  ///
  /// - Returns: A tensor of the same shape.
  public func hardSigmoid() -> Tensor { activated(cairn_hard_sigmoid) }

  /// Returns x · hardSigmoid(x) for each element.
  ///
  /// Source: Howard et al., 2019, where it is called h-swish.
  ///
  /// - Returns: A tensor of the same shape.
  public func hardSilu() -> Tensor { activated(cairn_hard_silu) }

  /// Returns each element, or 0 for elements in `-0.5...0.5`.
  ///
  /// - Returns: A tensor of the same shape.
  public func hardShrink() -> Tensor { activated(cairn_hard_shrink) }

  /// Returns each element moved towards 0 by ½, or 0 for elements in `-0.5...0.5`.
  ///
  /// - Returns: A tensor of the same shape.
  public func softShrink() -> Tensor { activated(cairn_soft_shrink) }

  /// Returns x − tanh(x) for each element.
  ///
  /// - Returns: A tensor of the same shape.
  public func tanhShrink() -> Tensor { activated(cairn_tanh_shrink) }

  /// Returns (x + √(x² + 4)) / 2 for each element.
  ///
  /// Source: Barron, 2021.
  ///
  /// - Returns: A tensor of the same shape.
  public func squareplus() -> Tensor { activated(cairn_squareplus) }

  /// Returns 0 for x ≤ −1, x for x ≥ 1, and (x + 1)² / 4 in between.
  ///
  /// - Returns: A tensor of the same shape.
  public func sparsePlus() -> Tensor { activated(cairn_sparse_plus) }

  /// Returns (x + 1) / 2, clipped to `0...1`, for each element.
  ///
  /// Source: Blondel et al., 2019.
  ///
  /// - Returns: A tensor of the same shape.
  public func sparseSigmoid() -> Tensor { activated(cairn_sparse_sigmoid) }

  /// Returns x · tanh(softplus(x)) for each element.
  ///
  /// Source: Misra, 2019.
  ///
  /// - Returns: A tensor of the same shape.
  public func mish() -> Tensor { activated(cairn_mish) }

  private func activated(_ function: cairn_activation) -> Tensor {
    let x = withoutGradient
    return mappedLater { unsafe kernels.activate(function, $2, $0, $1) }
      .computed(
        from: (
          self,
          { gradient in
            x.mapped(with: gradient) { unsafe kernels.activate_gradient(function, $3, $0, $1, $2) }
          }
        ))
  }
}
