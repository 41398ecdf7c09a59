import CKernels

/// The steps of the optimizers, in place on a variable and its slots, which have its shape.
///
/// These are the numerical rules alone; `Optimizer` in `NeuralNetwork` owns slots and settings.
extension Variable {
  /// Takes a step of plain gradient descent: w −= rate · g.
  ///
  /// - Parameters:
  ///   - gradient: The gradient g, of the variable's shape.
  ///   - learningRate: The rate.
  package func descend(along gradient: Tensor, learningRate: Float) {
    update(gradient) { g, w, offset, count in
      kernels.sgd(count, learningRate, g, w)
    }
  }

  /// Takes a step of gradient descent with momentum: m = momentum · m − rate · g; w += m.
  ///
  /// - Parameters:
  ///   - gradient: The gradient g, of the variable's shape.
  ///   - velocity: The slot m.
  ///   - learningRate: The rate.
  ///   - momentum: How much of the last step remains.
  ///   - nesterov: Whether w moves by momentum · m − rate · g instead.
  package func descend(
    along gradient: Tensor, velocity: Variable, learningRate: Float, momentum: Float,
    nesterov: Bool
  ) {
    velocity.withUnsafeMutablePointer { m in
      nonisolated(unsafe) let m = m
      update(gradient) { g, w, offset, count in
        kernels.sgd_momentum(
          count, learningRate, momentum, nesterov ? 1 : 0, g, m + offset, w)
      }
    }
  }

  /// Takes a step of RMSprop.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - velocity: The slot with the mean square of gradients.
  ///   - momentum: The slot with the momentum and how much of it remains, if there is one.
  ///   - averageGradient: The slot with the mean of gradients, if the variance is centered.
  ///   - learningRate: The rate.
  ///   - rho: How much of the means remains.
  ///   - epsilon: Added to the mean square.
  package func rmsprop(
    along gradient: Tensor, velocity: Variable, momentum: (slot: Variable, factor: Float)?,
    averageGradient: Variable?, learningRate: Float, rho: Double, epsilon: Float
  ) {
    let step = cairn_rmsprop(
      learning_rate: learningRate, rho: Float(rho), one_minus_rho: Float(1 - rho),
      momentum: momentum?.factor ?? 0, epsilon: epsilon)
    velocity.withUnsafeMutablePointer { velocity in
      nonisolated(unsafe) let velocity = velocity
      Variable.withUnsafeMutablePointer(momentum?.slot) { momentum in
        nonisolated(unsafe) let momentum = momentum
        Variable.withUnsafeMutablePointer(averageGradient) { average in
          nonisolated(unsafe) let average = average
          update(gradient) { g, w, offset, count in
            kernels.rmsprop(
              count, step, g, velocity + offset, momentum.map { $0 + offset },
              average.map { $0 + offset }, w)
          }
        }
      }
    }
  }

  /// Takes a step of Adam.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - momentum: The slot with the mean of gradients.
  ///   - velocity: The slot with the mean square of gradients.
  ///   - velocityHat: The slot with the largest mean square so far, for AMSGrad.
  ///   - alpha: The learning rate with the bias corrections in it.
  ///   - beta1: How much of the mean remains.
  ///   - beta2: How much of the mean square remains.
  ///   - epsilon: Added to the root of the mean square.
  package func adam(
    along gradient: Tensor, momentum: Variable, velocity: Variable, velocityHat: Variable?,
    alpha: Float, beta1: Double, beta2: Double, epsilon: Float
  ) {
    let step = cairn_adam(
      alpha: alpha, one_minus_beta_1: Float(1 - beta1), one_minus_beta_2: Float(1 - beta2),
      epsilon: epsilon)
    momentum.withUnsafeMutablePointer { m in
      nonisolated(unsafe) let m = m
      velocity.withUnsafeMutablePointer { v in
        nonisolated(unsafe) let v = v
        Variable.withUnsafeMutablePointer(velocityHat) { vHat in
          nonisolated(unsafe) let vHat = vHat
          update(gradient) { g, w, offset, count in
            kernels.adam(count, step, g, m + offset, v + offset, vHat.map { $0 + offset }, w)
          }
        }
      }
    }
  }

  /// Calls `body` for chunks of the gradient and the variable.
  private func update(
    _ gradient: Tensor,
    _ body:
      @Sendable (
        _ g: UnsafePointer<Float>, _ w: UnsafeMutablePointer<Float>, _ offset: Int, _ count: Int64
      ) -> Void
  ) {
    precondition(gradient.shape == shape, "the gradient of \(name) has the shape \(gradient.shape)")
    withUnsafeMutablePointer { w in
      nonisolated(unsafe) let w = w
      parallel(over: 0..<gradient.count, grain: elementwiseGrain) { start, count in
        body(UnsafePointer(gradient.storage.pointer) + start, w + start, start, Int64(count))
      }
    }
  }

  /// Access to a slot that may not be there.
  private static func withUnsafeMutablePointer(
    _ variable: Variable?, _ body: (UnsafeMutablePointer<Float>?) -> Void
  ) {
    guard let variable else { return body(nil) }
    variable.withUnsafeMutablePointer { body($0) }
  }
}
