import Preconditions
import CKernels

/// What a prediction costs where the target is another: the terms of Keras's losses.
package enum LossTerm: Sendable {
  /// The square of the difference.
  case squared

  /// The difference without its sign.
  case absolute

  /// The difference in relation to the target.
  case percentage

  /// The square of the difference of log(x + 1).
  case logarithmic

  /// A square for differences up to `delta`, and linear beyond.
  case huber(delta: Float)

  /// The logarithm of the hyperbolic cosine of the difference.
  case logCosh

  /// The cross entropy of two classes, for logits.
  case binaryLogits

  /// The cross entropy of two classes, for probabilities.
  case binary

  /// The cross entropy of two classes, in which what is nearly right counts less.
  ///
  /// `alpha` is the weight of the class 1, if the classes have weights.
  case focal(gamma: Float, alpha: Float?)

  /// t · log(t / p).
  case divergence

  /// p − t · log p.
  case poisson

  /// max(1 − t · p, 0).
  case hinge

  /// The square of that.
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
    case .divergence: settings.kind = cairn_divergence_loss
    case .poisson: settings.kind = cairn_poisson_loss
    case .hinge: settings.kind = cairn_hinge_loss
    case .squaredHinge: settings.kind = cairn_squared_hinge_loss
    }
    return settings
  }
}

extension Tensor {
  /// Compares predictions with targets, element by element, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - term: What a prediction costs.
  ///   - targets: What the predictions should be; no gradient is taken with respect to them.
  /// - Returns: The costs, in the common shape.
  package func costs(_ term: LossTerm, targets: Tensor) -> Tensor {
    let settings = term.settings
    let shape = self.shape.broadcast(with: targets.shape)
    let predictions = broadcast(to: shape)
    let (p, t) = (predictions.withoutGradient, targets.withoutGradient.broadcast(to: shape))
    return Tensor(uninitialized: shape) { out in
      nonisolated(unsafe) let out = out
      parallel(over: 0..<p.count, grain: elementwiseGrain) { start, count in
        kernels.loss(
          settings, Int64(count), t.storage.pointer + start, p.storage.pointer + start,
          at(out, start))
      }
    }
    .computed(
      from: (
        predictions,
        { gradient in
          Tensor(uninitialized: shape) { out in
            nonisolated(unsafe) let out = out
            parallel(over: 0..<p.count, grain: elementwiseGrain) { start, count in
              kernels.loss_gradient(
                settings, Int64(count), t.storage.pointer + start, p.storage.pointer + start,
                gradient.storage.pointer + start, at(out, start))
            }
          }
        }
      ))
  }

  /// Returns the cosine of the angle between each row and one of targets.
  ///
  /// - Parameter targets: Other rows; no gradient is taken with respect to them.
  /// - Returns: For tensors of shape `[…, columns]`, the cosines, of shape `[…]`.
  package func cosineSimilarity(to targets: Tensor) -> Tensor {
    rows(with: targets, kernels.cosine_similarity, kernels.cosine_similarity_gradient)
  }

  /// Returns how much less than 1 the right class of each row has more than any other.
  ///
  /// - Parameter targets: Rows with a 1 for the right class, else 0; no gradient is taken with
  ///   respect to them.
  /// - Returns: For tensors of shape `[…, columns]`, the costs, of shape `[…]`.
  package func categoricalHinge(targets: Tensor) -> Tensor {
    rows(with: targets, kernels.categorical_hinge, kernels.categorical_hinge_gradient)
  }

  private typealias RowKernel =
    @convention(c) (
      Int64, Int64, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  private typealias RowGradientKernel =
    @convention(c) (
      Int64, Int64, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>
    ) -> Void

  /// Computes one number for each row and a row of targets.
  private func rows(
    with targets: Tensor, _ kernel: RowKernel, _ gradientKernel: @escaping RowGradientKernel
  ) -> Tensor {
    let shape = self.shape.broadcast(with: targets.shape)
    require(
      (shape.last ?? 0) > 0,
      "The last axis of predictions must not be empty, but the shape is \(shape).")
    let columns = Int64(shape[shape.count - 1])
    let rows = Int64(shape.elementCount) / columns
    let predictions = broadcast(to: shape)
    let (p, t) = (predictions.withoutGradient, targets.withoutGradient.broadcast(to: shape))
    nonisolated(unsafe) let gradientKernel = gradientKernel
    return Tensor(uninitialized: Shape(shape.dropLast())) { out in
      kernel(rows, columns, t.storage.pointer, p.storage.pointer, at(out, 0))
    }
    .computed(
      from: (
        predictions,
        { gradient in
          Tensor(uninitialized: shape) { out in
            gradientKernel(
              rows, columns, t.storage.pointer, p.storage.pointer, gradient.storage.pointer,
              at(out, 0))
          }
        }
      ))
  }
}
