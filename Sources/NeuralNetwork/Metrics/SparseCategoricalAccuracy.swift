import Tensors

/// How often the largest prediction is that of the class whose index is given.
public final class SparseCategoricalAccuracy: Accuracy {
  /// Creates a metric.
  ///
  /// - Parameter name: What it is called in logs.
  public override init(name: String = "accuracy") {
    super.init(name: name)
  }

  override func rightClasses(_ yTrue: Tensor, like yPred: Tensor) -> [Float] { yTrue.scalars }
}
