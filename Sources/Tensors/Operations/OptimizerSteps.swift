import CKernels
import Preconditions
import Threads

/// The update rules of the optimizers, applied in place to a variable and its slots of the same
/// shape.
///
/// These are only the numerical rules; `Optimizer` in `NeuralNetwork` owns slots and options.
extension Variable {
  /// Takes a step of gradient descent: w −= rate · g.
  ///
  /// - Parameters:
  ///   - gradient: The gradient g, of the variable's shape.
  ///   - learningRate: The learning rate.
  package func descend(along gradient: Tensor, learningRate: Float) {
    let w = unsafe elements
    unsafe update(gradient, touching: w) { g, at, count in
      unsafe kernels.sgd(count, learningRate, g, w + at)
    }
  }

  /// Takes a step of gradient descent with momentum: m = momentum · m − rate · g; w += m.
  ///
  /// - Parameters:
  ///   - gradient: The gradient g, of the variable's shape.
  ///   - velocity: The velocity slot m.
  ///   - learningRate: The learning rate.
  ///   - momentum: The momentum: the fraction of the previous step that is added to the next.
  ///   - nesterov: Whether to use Nesterov momentum: w += momentum · m − rate · g.
  package func descend(
    along gradient: Tensor, velocity: Variable, learningRate: Float, momentum: Float,
    nesterov: Bool
  ) {
    let (w, m) = unsafe (elements, velocity.elements)
    unsafe update(gradient, touching: w, m) { g, at, count in
      unsafe kernels.sgd_momentum(
        count, learningRate, momentum, nesterov ? 1 : 0, g, m + at, w + at)
    }
  }

  /// Takes a step of RMSprop.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - velocity: The slot of the second moment (the moving average of the squared gradients).
  ///   - momentum: The momentum slot and coefficient; `nil` without momentum.
  ///   - averageGradient: The slot of the mean gradient if the variance is centered; otherwise
  ///     `nil`.
  ///   - learningRate: The learning rate.
  ///   - rho: ρ, the decay rate of the moving averages.
  ///   - epsilon: ε, added to the mean square.
  ///   - rootFirst: Whether to add epsilon to the root of the mean square instead.
  package func rmsprop(
    along gradient: Tensor, velocity: Variable, momentum: (slot: Variable, factor: Float)?,
    averageGradient: Variable?, learningRate: Float, rho: Double, epsilon: Float, rootFirst: Bool
  ) {
    let step = cairn_rmsprop(
      learning_rate: learningRate, rho: Float(rho), one_minus_rho: Float(1 - rho),
      momentum: momentum?.factor ?? 0, epsilon: epsilon, root_first: rootFirst ? 1 : 0)
    let (w, v) = unsafe (elements, velocity.elements)
    let m = unsafe momentum?.slot.elements
    let average = unsafe averageGradient?.elements
    unsafe update(gradient, touching: w, v, m, average) { g, at, count in
      unsafe kernels.rmsprop(
        count, step, g, v + at, m.map { unsafe $0 + at }, average.map { unsafe $0 + at },
        w + at)
    }
  }

  /// Takes a step of Adam.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - momentum: The slot of the first moment (the moving average of the gradients).
  ///   - velocity: The slot of the second moment (the moving average of the squared gradients).
  ///   - velocityHat: The slot of the maximum second moment, for AMSGrad.
  ///   - alpha: The learning rate including the bias corrections.
  ///   - beta1: β₁, the decay rate of the first moment.
  ///   - beta2: β₂, the decay rate of the second moment.
  ///   - epsilon: ε, added to the root of the second moment.
  package func adam(
    along gradient: Tensor, momentum: Variable, velocity: Variable, velocityHat: Variable?,
    alpha: Float, beta1: Double, beta2: Double, epsilon: Float
  ) {
    let step = cairn_adam(
      alpha: alpha, one_minus_beta_1: Float(1 - beta1), one_minus_beta_2: Float(1 - beta2),
      epsilon: epsilon)
    let (w, m, v) = unsafe (elements, momentum.elements, velocity.elements)
    let vHat = unsafe velocityHat?.elements
    unsafe update(gradient, touching: w, m, v, vHat) { g, at, count in
      unsafe kernels.adam(
        count, step, g, m + at, v + at, vHat.map { unsafe $0 + at }, w + at)
    }
  }

  /// Takes a step of Adamax.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - momentum: The slot of the first moment (the moving average of the gradients).
  ///   - norm: The slot of the exponentially weighted infinity norm of the gradients.
  ///   - learningRate: The learning rate.
  ///   - correction: The bias correction: the divisor of the first moment, which starts from zero.
  ///   - beta1: β₁, the decay rate of the first moment.
  ///   - beta2: β₂, the decay rate of the infinity norm.
  ///   - epsilon: ε, added to the infinity norm.
  package func adamax(
    along gradient: Tensor, momentum: Variable, norm: Variable, learningRate: Float,
    correction: Float, beta1: Double, beta2: Double, epsilon: Float
  ) {
    let step = cairn_adamax(
      learning_rate: learningRate, one_minus_beta_1: Float(1 - beta1), beta_2: Float(beta2),
      correction: correction, epsilon: epsilon)
    let (w, m, u) = unsafe (elements, momentum.elements, norm.elements)
    unsafe update(gradient, touching: w, m, u) { g, at, count in
      unsafe kernels.adamax(count, step, g, m + at, u + at, w + at)
    }
  }

  /// Takes a step of Nadam.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - momentum: The slot of the first moment (the moving average of the gradients).
  ///   - velocity: The slot of the second moment (the moving average of the squared gradients).
  ///   - momentumShare: The coefficient of the first moment, and its divisor.
  ///   - gradientShare: The coefficient of the gradient, and its divisor.
  ///   - velocityCorrection: The bias correction: the divisor of the second moment.
  ///   - learningRate: The learning rate.
  ///   - beta1: β₁, the decay rate of the first moment.
  ///   - beta2: β₂, the decay rate of the second moment.
  ///   - epsilon: ε, added to the root of the second moment.
  package func nadam(
    along gradient: Tensor, momentum: Variable, velocity: Variable,
    momentumShare: (factor: Float, divisor: Float), gradientShare: (factor: Float, divisor: Float),
    velocityCorrection: Float, learningRate: Float, beta1: Float, beta2: Float, epsilon: Float
  ) {
    let step = cairn_nadam(
      learning_rate: learningRate, one_minus_beta_1: 1 - beta1, one_minus_beta_2: 1 - beta2,
      momentum_share: momentumShare.factor, momentum_correction: momentumShare.divisor,
      gradient_share: gradientShare.factor, gradient_correction: gradientShare.divisor,
      velocity_correction: velocityCorrection, epsilon: epsilon)
    let (w, m, v) = unsafe (elements, momentum.elements, velocity.elements)
    unsafe update(gradient, touching: w, m, v) { g, at, count in
      unsafe kernels.nadam(count, step, g, m + at, v + at, w + at)
    }
  }

  /// Takes a step of Adagrad.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - accumulator: The slot of the sum of squared gradients.
  ///   - learningRate: The learning rate.
  ///   - epsilon: ε, added to the sum of squares.
  package func adagrad(
    along gradient: Tensor, accumulator: Variable, learningRate: Float, epsilon: Float
  ) {
    let (w, a) = unsafe (elements, accumulator.elements)
    unsafe update(gradient, touching: w, a) { g, at, count in
      unsafe kernels.adagrad(count, learningRate, epsilon, g, a + at, w + at)
    }
  }

  /// Takes a step of Adadelta.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - squares: The slot of the moving average of the squared gradients.
  ///   - steps: The slot of the moving average of the squared steps, before the learning rate.
  ///   - learningRate: The learning rate.
  ///   - rho: ρ, the decay rate of the moving averages.
  ///   - epsilon: ε, added to the moving averages under their roots.
  package func adadelta(
    along gradient: Tensor, squares: Variable, steps: Variable, learningRate: Float, rho: Double,
    epsilon: Float
  ) {
    let step = cairn_adadelta(
      learning_rate: learningRate, rho: Float(rho), one_minus_rho: Float(1 - rho), epsilon: epsilon)
    let (w, a, d) = unsafe (elements, squares.elements, steps.elements)
    unsafe update(gradient, touching: w, a, d) { g, at, count in
      unsafe kernels.adadelta(count, step, g, a + at, d + at, w + at)
    }
  }

  /// Applies weight decay: w −= w · decay · rate.
  ///
  /// - Parameters:
  ///   - decay: The weight decay.
  ///   - learningRate: The learning rate.
  package func decay(by decay: Float, learningRate: Float) {
    let w = unsafe elements
    parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
      unsafe kernels.weight_decay(Int64(count), decay, learningRate, w + start)
    }
  }

  /// Updates a moving average: a = momentum · a + (1 − momentum) · x.
  ///
  /// - Parameters:
  ///   - other: The variable x, of the same shape.
  ///   - momentum: The momentum of the moving average.
  package func average(with other: Variable, momentum: Float) {
    require(
      other.shape == shape,
      "Variable and average must have the same shape, but have \(other.shape) and \(shape).")
    let (a, x) = unsafe (elements, other.elements)
    parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
      unsafe kernels.moving_average(Int64(count), momentum, x + start, a + start)
    }
  }

  /// Calls `body` for blocks of the gradient.
  ///
  /// A deferred product is computed a few rows at a time, in a block that stays in the first-level
  /// cache.
  ///
  /// - Parameters:
  ///   - gradient: The gradient.
  ///   - arrays: At most four arrays of the variable's shape that `body` uses.
  ///   - body: A closure that receives a block of the gradient, its offset and its size.
  private func update(
    _ gradient: Tensor, touching arrays: Shared<UnsafeMutablePointer<Float>>?...,
    body: @escaping @Sendable (_ g: UnsafePointer<Float>, _ start: Int, _ count: Int64) -> Void
  ) {
    require(
      gradient.shape == shape,
      "The gradient of `\(name)` must have its shape, \(shape), but has \(gradient.shape).")
    guard let product = gradient.storage.deferred, !product.isComputed else {
      let g = unsafe Shared(UnsafePointer(gradient.storage.pointer))
      parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
        unsafe body(g + start, start, Int64(count))
      }
      return
    }

    let arrays = unsafe Shared(arrays.compactMap { unsafe $0?.value })
    let (rowsAtOnce, columns) = (product.rowsAtOnce, product.columns)
    parallel(over: 0..<product.rows, grain: rowsAtOnce * 8) { start, count in
      let g = Storage(uninitialized: rowsAtOnce * columns)
      for row in stride(from: start, to: start + count, by: rowsAtOnce) {
        let rows = row..<min(row + rowsAtOnce, start + count)
        unsafe product.compute(rows: rows, into: g.pointer, before: arrays.value, at: row * columns)
        unsafe body(UnsafePointer(g.pointer), row * columns, Int64(rows.count * columns))
      }
      withExtendedLifetime(g) {}
    }
  }
}
