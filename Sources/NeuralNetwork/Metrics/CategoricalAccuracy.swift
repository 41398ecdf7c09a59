import Tensors

/// How often the largest prediction is that of the class with the largest target.
public final class CategoricalAccuracy: Accuracy {
  /// Creates a metric.
  ///
  /// - Parameter name: What it is called in logs.
  public override init(name: String = "accuracy") {
    super.init(name: name)
  }

  override func rightClasses(_ yTrue: Tensor, like yPred: Tensor) -> [Float] {
    precondition(yTrue.shape == yPred.shape, "each prediction needs one row of targets")
    return yTrue.argmax().map(Float.init)
  }
}
