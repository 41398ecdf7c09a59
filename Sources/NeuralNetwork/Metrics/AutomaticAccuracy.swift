import Tensors

/// Keras's metric `accuracy`: binary, sparse or categorical, depending on the shapes.
///
/// One prediction per example selects binary accuracy, class indices select sparse, and one-hot
/// rows select categorical accuracy.
///
/// ```swift
/// let model = Sequential([Dense(3, activation: .softmax)])
/// model.compile(
///   optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [.accuracy])
/// let logs = model.evaluate(Tensor(zeros: [4, 2]), Tensor([0, 0, 0, 1]))
/// print(logs["accuracy"] ?? 0)  // 0.75: all predictions are equal, and class 0 comes first
/// ```
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
