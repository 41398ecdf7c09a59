public import Tensors

/// The share of predictions that are right; what is right, a subclass says.
public class Accuracy: Metric {
  /// What the metric is called in logs.
  public final let name: String

  /// How many predictions were right so far.
  public private(set) final var correct = 0

  /// How many predictions there were so far.
  public private(set) final var count = 0

  init(name: String) {
    self.name = name
  }

  /// The share of right predictions, in `0...1`.
  public final var result: Double { count == 0 ? 0 : Double(correct) / Double(count) }

  /// Takes a batch into account.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  public final func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let predicted = yPred.argmax()
    let right = rightClasses(yTrue, like: yPred)
    precondition(right.count == predicted.count, "each prediction needs one label")
    correct += zip(right, predicted).count { $0 == Float($1) }
    count += predicted.count
  }

  /// Forgets everything.
  public final func reset() {
    (correct, count) = (0, 0)
  }

  /// The class that each prediction should be of.
  func rightClasses(_ yTrue: Tensor, like yPred: Tensor) -> [Float] {
    preconditionFailure("\(Self.self) does not say what is right")
  }
}
