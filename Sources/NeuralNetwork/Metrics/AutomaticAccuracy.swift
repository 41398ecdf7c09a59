import Tensors

/// What Keras makes of the metric `accuracy`: which accuracy it is, the shapes of targets and
/// predictions decide.
///
/// One prediction for each example makes it binary; class indexes, sparse; one-hot rows, categorical.
public final class AutomaticAccuracy: Accuracy {
  /// Creates a metric.
  ///
  /// - Parameter name: What it is called in logs.
  public override init(name: String = "accuracy") {
    super.init(name: name)
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    if yPred.shape.last == 1 { return binaryMatches(yTrue, yPred, threshold: 0.5) }
    return yTrue.rank < yPred.rank || yTrue.shape.last == 1
      ? sparseMatches(yTrue, yPred) : categoricalMatches(yTrue, yPred)
  }
}
