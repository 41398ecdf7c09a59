import Tensors

/// Keras's metric `accuracy`: binary, sparse or categorical, depending on the shapes.
///
/// One prediction per example selects binary accuracy, class indices select sparse, and one-hot
/// rows select categorical accuracy.
public final class AutomaticAccuracy: Accuracy {
  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  public override init(name: String = "accuracy") {
    super.init(name: name)
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    if yPred.shape.last == 1 { return binaryMatches(yTrue, yPred, threshold: 0.5) }
    return yTrue.rank < yPred.rank || yTrue.shape.last == 1
      ? sparseMatches(yTrue, yPred) : categoricalMatches(yTrue, yPred)
  }
}

extension Metric where Self == AutomaticAccuracy {
  /// The accuracy that fits the shapes of targets and predictions: Keras's `metrics=["accuracy"]`.
  public static var accuracy: AutomaticAccuracy { AutomaticAccuracy() }
}
