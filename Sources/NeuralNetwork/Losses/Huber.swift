import Preconditions
public import Tensors

/// The mean of half the squares of the errors up to a size, and of a linear function beyond it.
///
/// Source: P. Huber, *Robust Estimation of a Location Parameter*, Annals of Mathematical Statistics 35,
/// 1964; keras/src/losses/losses.py.
public struct Huber: Loss {
  /// The name of the class in Keras.
  public static let className = "Huber"

  /// Up to which error the loss is a square, more than 0.
  public let delta: Double

  /// What is made of the losses of the examples.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - delta: Up to which error the loss is a square, more than 0.
  ///   - reduction: What is made of the losses of the examples.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    delta: Double = 1, reduction: Reduction = .sumOverBatchSize, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      delta > 0, "Huber: `delta` must be greater than 0, but is \(delta).", file: file, line: line)
    self.delta = delta
    self.reduction = reduction
  }

  /// The options, as Keras writes them.
  ///
  /// Keras 3 leaves `delta` out of its own files, and reads it.
  public var config: [String: JSON] {
    commonConfig(delta == 1 ? [:] : ["delta": .number(delta)], name: "huber_loss")
  }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: Targets, of shape `[…, values]`.
  ///   - yPred: Predictions, of the same shape.
  /// - Returns: The losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(.huber(delta: Float(delta)), yTrue, yPred)
  }
}

extension Huber: KerasLoss {
  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(
      delta: try reader.positiveNumber("delta", default: 1), reduction: reduction)
  }
}
