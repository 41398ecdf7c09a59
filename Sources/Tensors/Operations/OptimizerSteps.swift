import Preconditions
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
    nonisolated(unsafe) let w = elements
    update(gradient, touching: w) { g, at, count in
      kernels.sgd(count, learningRate, g, w + at)
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
    nonisolated(unsafe) let (w, m) = (elements, velocity.elements)
    update(gradient, touching: w, m) { g, at, count in
      kernels.sgd_momentum(count, learningRate, momentum, nesterov ? 1 : 0, g, m + at, w + at)
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
  ///   - rootFirst: Whether epsilon is added to the root of the mean square instead.
  package func rmsprop(
    along gradient: Tensor, velocity: Variable, momentum: (slot: Variable, factor: Float)?,
    averageGradient: Variable?, learningRate: Float, rho: Double, epsilon: Float, rootFirst: Bool
  ) {
    let step = cairn_rmsprop(
      learning_rate: learningRate, rho: Float(rho), one_minus_rho: Float(1 - rho),
      momentum: momentum?.factor ?? 0, epsilon: epsilon, root_first: rootFirst ? 1 : 0)
    nonisolated(unsafe) let (w, v) = (elements, velocity.elements)
    nonisolated(unsafe) let m = momentum?.slot.elements
    nonisolated(unsafe) let average = averageGradient?.elements
    update(gradient, touching: w, v, m, average) { g, at, count in
      kernels.rmsprop(
        count, step, g, v + at, m.map { $0 + at }, average.map { $0 + at }, w + at)
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
    nonisolated(unsafe) let (w, m, v) = (elements, momentum.elements, velocity.elements)
    nonisolated(unsafe) let vHat = velocityHat?.elements
    update(gradient, touching: w, m, v, vHat) { g, at, count in
      kernels.adam(count, step, g, m + at, v + at, vHat.map { $0 + at }, w + at)
    }
  }

  /// Takes a step of Adamax.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - momentum: The slot with the mean of gradients.
  ///   - norm: The slot with the largest gradient so far, which fades.
  ///   - learningRate: The rate.
  ///   - correction: What the mean is divided by, as it began with zero.
  ///   - beta1: How much of the mean remains.
  ///   - beta2: How much of the largest gradient remains.
  ///   - epsilon: Added to the largest gradient.
  package func adamax(
    along gradient: Tensor, momentum: Variable, norm: Variable, learningRate: Float,
    correction: Float, beta1: Double, beta2: Double, epsilon: Float
  ) {
    let step = cairn_adamax(
      learning_rate: learningRate, one_minus_beta_1: Float(1 - beta1), beta_2: Float(beta2),
      correction: correction, epsilon: epsilon)
    nonisolated(unsafe) let (w, m, u) = (elements, momentum.elements, norm.elements)
    update(gradient, touching: w, m, u) { g, at, count in
      kernels.adamax(count, step, g, m + at, u + at, w + at)
    }
  }

  /// Takes a step of Nadam.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - momentum: The slot with the mean of gradients.
  ///   - velocity: The slot with the mean square of gradients.
  ///   - momentumShare: How much of the mean counts, and what that is divided by.
  ///   - gradientShare: How much of the gradient counts, and what that is divided by.
  ///   - velocityCorrection: What the mean square is divided by.
  ///   - learningRate: The rate.
  ///   - beta1: How much of the mean remains.
  ///   - beta2: How much of the mean square remains.
  ///   - epsilon: Added to the root of the mean square.
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
    nonisolated(unsafe) let (w, m, v) = (elements, momentum.elements, velocity.elements)
    update(gradient, touching: w, m, v) { g, at, count in
      kernels.nadam(count, step, g, m + at, v + at, w + at)
    }
  }

  /// Takes a step of Adagrad.
  ///
  /// - Parameters:
  ///   - gradient: The gradient, of the variable's shape.
  ///   - accumulator: The slot with the sum of squares of gradients.
  ///   - learningRate: The rate.
  ///   - epsilon: Added to the sum of squares.
  package func adagrad(
    along gradient: Tensor, accumulator: Variable, learningRate: Float, epsilon: Float
  ) {
    nonisolated(unsafe) let (w, a) = (elements, accumulator.elements)
    update(gradient, touching: w, a) { g, at, count in
      kernels.adagrad(count, learningRate, epsilon, g, a + at, w + at)
    }
  }

  /// Makes the elements smaller: w −= w · decay · rate.
  ///
  /// - Parameters:
  ///   - decay: The decay.
  ///   - learningRate: The rate.
  package func decay(by decay: Float, learningRate: Float) {
    nonisolated(unsafe) let w = elements
    parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
      kernels.weight_decay(Int64(count), decay, learningRate, w + start)
    }
  }

  /// Moves towards another variable: a = momentum · a + (1 − momentum) · x.
  ///
  /// - Parameters:
  ///   - other: The variable x, of the same shape.
  ///   - momentum: How much of the elements remains.
  package func average(with other: Variable, momentum: Float) {
    require(
      other.shape == shape,
      "Variable and average must have the same shape, but have \(other.shape) and \(shape).")
    nonisolated(unsafe) let (a, x) = (elements, UnsafePointer(other.elements))
    parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
      kernels.moving_average(Int64(count), momentum, x + start, a + start)
    }
  }

  /// Calls `body` for parts of the gradient.
  ///
  /// A gradient that still is a product is computed a few rows at a time, into memory that stays in
  /// the first-level cache.
  ///
  /// - Parameters:
  ///   - gradient: The gradient.
  ///   - arrays: At most four arrays of the variable's shape that `body` works on.
  ///   - body: Receives a part of the gradient, where it begins in the whole, and its size.
  private func update(
    _ gradient: Tensor, touching arrays: UnsafeMutablePointer<Float>?...,
    body: @escaping @Sendable (_ g: UnsafePointer<Float>, _ start: Int, _ count: Int64) -> Void
  ) {
    require(
      gradient.shape == shape,
      "The gradient of `\(name)` must have its shape, \(shape), but has \(gradient.shape).")
    guard let product = gradient.storage.deferred, !product.isComputed else {
      let g = UnsafePointer(gradient.storage.pointer)
      nonisolated(unsafe) let gradient = g
      parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
        body(gradient + start, start, Int64(count))
      }
      return
    }

    nonisolated(unsafe) let arrays = arrays.compactMap { $0 }
    let (rowsAtOnce, columns) = (product.rowsAtOnce, product.columns)
    parallel(over: 0..<product.rows, grain: rowsAtOnce * 8) { start, count in
      let g = Storage(uninitialized: rowsAtOnce * columns)
      for row in stride(from: start, to: start + count, by: rowsAtOnce) {
        let rows = row..<min(row + rowsAtOnce, start + count)
        product.compute(rows: rows, into: g.pointer, before: arrays, at: row * columns)
        body(UnsafePointer(g.pointer), row * columns, Int64(rows.count * columns))
      }
      withExtendedLifetime(g) {}
    }
  }
}
