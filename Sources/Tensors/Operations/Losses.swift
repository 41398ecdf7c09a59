import CKernels
import Preconditions
import Threads

/// The elementwise cost functions of Keras's losses, for targets t and predictions p.
package enum LossTerm: Sendable {
  /// The squared difference.
  case squared

  /// The absolute difference.
  case absolute

  /// The absolute difference relative to the target.
  case percentage

  /// The squared difference of log(x + 1).
  case logarithmic

  /// The Huber cost: quadratic for differences up to `delta`, and linear beyond.
  case huber(delta: Float)

  /// The logarithm of the hyperbolic cosine of the difference.
  case logCosh

  /// The binary cross-entropy, for logits.
  case binaryLogits

  /// The binary cross-entropy, for probabilities.
  case binary

  /// The binary focal cross-entropy, which gives easy examples less weight.
  ///
  /// `alpha` is the weight of class 1; `nil` without class balancing.
  case focal(gamma: Float, alpha: Float?)

  /// t · log(t / p).
  case divergence

  /// p − t · log p.
  case poisson

  /// max(1 − t · p, 0).
  case hinge

  /// max(1 − t · p, 0)².
  case squaredHinge

  fileprivate var settings: cairn_loss_settings {
    var settings = cairn_loss_settings()
    switch self {
    case .squared: settings.kind = cairn_squared_loss
    case .absolute: settings.kind = cairn_absolute_loss
    case .percentage: settings.kind = cairn_percentage_loss
    case .logarithmic: settings.kind = cairn_logarithmic_loss
    case .huber(let delta):
      settings.kind = cairn_huber_loss
      settings.delta = delta
    case .logCosh: settings.kind = cairn_log_cosh_loss
    case .binaryLogits: settings.kind = cairn_binary_logits_loss
    case .binary: settings.kind = cairn_binary_loss
    case .focal(let gamma, let alpha):
      settings.kind = cairn_focal_loss
      settings.gamma = gamma
      settings.alpha = alpha ?? 0
      settings.is_balanced = alpha == nil ? 0 : 1
    case .divergence: settings.kind = cairn_kl_divergence_loss
    case .poisson: settings.kind = cairn_poisson_loss
    case .hinge: settings.kind = cairn_hinge_loss
    case .squaredHinge: settings.kind = cairn_squared_hinge_loss
    }
    return settings
  }
}

extension Tensor {
  /// Computes the elementwise costs of predictions, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - term: The cost function.
  ///   - targets: The targets, which get no gradient.
  /// - Returns: The costs, with the broadcast shape.
  package func costs(_ term: LossTerm, targets: Tensor) -> Tensor {
    let settings = term.settings
    let shape = self.shape.broadcast(with: targets.shape)
    let predictions = broadcast(to: shape)
    let (p, t) = (predictions.withoutGradient, targets.withoutGradient.broadcast(to: shape))
    return Tensor(inParallel: shape) { out in
      parallel(over: 0..<p.count, grain: elementwiseGrain) { start, count in
        unsafe kernels.loss(
          settings, Int64(count), t.storage.pointer + start, p.storage.pointer + start,
          out + start)
      }
    }
    .computed(
      from: (
        predictions,
        { gradient in
          Tensor(inParallel: shape) { out in
            parallel(over: 0..<p.count, grain: elementwiseGrain) { start, count in
              unsafe kernels.loss_gradient(
                settings, Int64(count), t.storage.pointer + start, p.storage.pointer + start,
                gradient.storage.pointer + start, out + start)
            }
          }
        }
      ))
  }

  /// Returns the cosine similarity of each row and its target row.
  ///
  /// - Parameter targets: The target rows, which get no gradient.
  /// - Returns: For tensors of shape `[…, columns]`, the cosines, of shape `[…]`.
  package func cosineSimilarity(to targets: Tensor) -> Tensor {
    unsafe rows(with: targets, kernels.cosine_similarity, kernels.cosine_similarity_gradient)
  }

  /// Returns the categorical hinge loss of each row: max(max((1 − t) · p) − Σ t · p + 1, 0).
  ///
  /// - Parameter targets: One-hot rows, which get no gradient.
  /// - Returns: For tensors of shape `[…, columns]`, the costs, of shape `[…]`.
  package func categoricalHinge(targets: Tensor) -> Tensor {
    unsafe rows(with: targets, kernels.categorical_hinge, kernels.categorical_hinge_gradient)
  }

  /// Computes one number from each row and its target row.
  private func rows(
    with targets: Tensor, _ kernel: cairn_rows2, _ gradientKernel: @escaping cairn_rows3
  ) -> Tensor {
    let shape = self.shape.broadcast(with: targets.shape)
    require(
      (shape.last ?? 0) > 0,
      "The last axis of predictions must not be empty, but the shape is \(shape).")
    let columns = Int64(shape[shape.count - 1])
    let rows = Int64(shape.elementCount) / columns
    let predictions = broadcast(to: shape)
    let (p, t) = (predictions.withoutGradient, targets.withoutGradient.broadcast(to: shape))
    let gradientKernel = unsafe Shared(gradientKernel)
    return unsafe Tensor(uninitialized: Shape(shape.dropLast())) { out in
      unsafe kernel(rows, columns, t.storage.pointer, p.storage.pointer, at(out, 0))
    }
    .computed(
      from: (
        predictions,
        { gradient in
          unsafe Tensor(uninitialized: shape) { out in
            unsafe gradientKernel.value(
              rows, columns, t.storage.pointer, p.storage.pointer, gradient.storage.pointer,
              at(out, 0))
          }
        }
      ))
  }
}
