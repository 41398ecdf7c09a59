public import Tensors

/// How far predictions are from what they should be, as one number.
public protocol Loss {
  /// The name of the class in Keras.
  static var className: String { get }

  /// The options, as Keras writes them.
  var config: [String: JSON] { get }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  /// - Returns: The losses, without the axis of the classes.
  func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
}

extension Loss {
  /// Computes the loss of a batch: the mean over its examples.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  /// - Returns: A scalar.
  public func callAsFunction(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    perExample(yTrue, yPred).mean()
  }
}

/// The smallest probability that a logarithm is taken of: Keras's `backend.epsilon()`.
let probabilityEpsilon: Float = 1e-7
