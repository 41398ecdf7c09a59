public import JSON
import Preconditions
public import Tensors

/// A loss function, which measures the error of predictions as one number.
///
/// The losses of this library are `Sendable` values.
///
/// ```swift
/// struct MeanFourthPower: Loss {
///   func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
///     (yTrue - yPred).square().square().mean(axes: [-1])  // [batch, values] → [batch]
///   }
/// }
/// let value = MeanFourthPower()([[0, 0]], [[1, 2]]).scalar  // (1 + 16) / 2 = 8.5
/// ```
public protocol Loss {
  /// The class name in Keras; defaults to the name of the type.
  static var className: String { get }

  /// The config in Keras's form; by default, the name and the reduction.
  var config: JSON.Object { get }

  /// The reduction of the per-example losses to one value; defaults to the mean.
  var reduction: Reduction { get }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: The targets.
  ///   - yPred: The predictions.
  /// - Returns: The per-example losses, without the class axis.
  func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
}

extension Loss {
  /// The class name in Keras, which is the name of the type.
  public static var className: String { "\(self)" }

  /// The config in Keras's form: the name, and the reduction if it is not the default.
  public var config: JSON.Object { commonConfig() }

  /// The reduction of the per-example losses, which is the mean.
  public var reduction: Reduction { .sumOverBatchSize }

  /// Computes the loss of a batch.
  ///
  /// - Parameters:
  ///   - yTrue: The targets.
  ///   - yPred: The predictions.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A scalar, or the per-example losses for ``Reduction/none``.
  public func callAsFunction(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track { reduced(yTrue, yPred) }
  }

  /// Computes the loss of a batch.
  func reduced(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let losses = perExample(yTrue, yPred)
    if let mask = yPred.mask, mask.shape == losses.shape { return masked(losses, mask) }
    return switch reduction {
    case .sumOverBatchSize, .mean, .meanWithSampleWeight: losses.mean()
    case .sum: losses.sum()
    case .none: losses
    }
  }
}

extension Loss {
  /// Reduces the losses of the steps that count: Keras's `apply_mask`.
  private func masked(_ losses: Tensor, _ mask: Tensor) -> Tensor {
    let kept = losses * mask
    return switch reduction {
    case .sumOverBatchSize, .mean, .meanWithSampleWeight:
      kept.sum() / max(mask.scalars.reduce(0, +), 1)
    case .sum: kept.sum()
    case .none: kept
    }
  }
}

/// The smallest probability in a logarithm: Keras's `backend.epsilon()`.
let probabilityEpsilon: Float = 1e-7

extension Loss {
  /// The config of all losses, name and reduction, merged with further options.
  func commonConfig(
    _ options: JSON.Object = [:], name: String? = nil
  ) -> JSON.Object {
    var config = options
    config["name"] = .string(name ?? Self.className.snakeCased)
    if reduction != .sumOverBatchSize { config["reduction"] = .string(reduction.rawValue) }
    return config
  }

  /// The mean of the elementwise costs over the last axis.
  func meanCosts(_ term: LossTerm, _ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    let costs = yPred.costs(term, targets: yTrue)
    return costs.rank == 0 ? costs : costs.mean(axes: [-1])
  }
}

/// Adds or removes a last axis of extent 1 so that both tensors have the same rank: Keras's
/// `squeeze_or_expand_to_same_rank`.
func sameRank(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
  if a.rank == b.rank + 1, a.shape.last == 1 {
    return b.rank == 1 ? (a, b.newAxis()) : (a.reshaped(Shape(a.shape.dropLast())), b)
  }
  if b.rank == a.rank + 1, b.shape.last == 1 {
    return a.rank == 1 ? (a.newAxis(), b) : (a, b.reshaped(Shape(b.shape.dropLast())))
  }
  return (a, b)
}
