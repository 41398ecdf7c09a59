package import NeuralNetwork
package import Tensors

/// What training minimizes: the cross-entropy of the classes, with the recipe's label smoothing and
/// class weights.
package struct Objective {
  /// The loss without class weights, as evaluations measure it.
  package let loss: any Loss

  private let classes: Int
  private let fromLogits: Bool
  private let smooths: Bool
  private let weights: [Float]?

  /// Creates an objective.
  ///
  /// - Parameters:
  ///   - recipe: The recipe.
  ///   - counts: The number of training examples of each class.
  ///   - fromLogits: Whether the outputs of the model are logits, not probabilities.
  package init(_ recipe: Recipe, counts: [Int], fromLogits: Bool = true) {
    classes = counts.count
    self.fromLogits = fromLogits
    let smoothing = Float(recipe.labelSmoothing ?? 0)
    smooths = smoothing > 0
    loss =
      smooths
      ? CategoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
      : SparseCategoricalCrossentropy(fromLogits: fromLogits)
    weights = recipe.classWeights?.weights(counts: counts).map(Float.init)
  }

  /// The loss of a batch, as evaluations measure it.
  ///
  /// - Parameters:
  ///   - labels: The classes, of shape `[batch]`.
  ///   - outputs: The logits or probabilities, of shape `[batch, classes]`.
  /// - Returns: The mean over the batch.
  package func evaluated(_ labels: Tensor, _ outputs: Tensor) -> Tensor {
    loss(targets(labels), outputs)
  }

  /// The loss of a batch with class weights: the mean of weight · loss, as with Keras's
  /// `class_weight`.
  ///
  /// - Parameters:
  ///   - labels: The classes, of shape `[batch]`.
  ///   - outputs: The logits or probabilities, of shape `[batch, classes]`.
  /// - Returns: The mean over the batch.
  package func callAsFunction(_ labels: Tensor, _ outputs: Tensor) -> Tensor {
    guard let weights else { return evaluated(labels, outputs) }
    let weight = Tensor(labels.scalars.map { weights[Int($0)] }, shape: labels.shape)
    return (loss.perExample(targets(labels), outputs) * weight).mean()
  }

  /// The outputs of the model as logits.
  ///
  /// - Parameter outputs: The logits or probabilities, of shape `[batch, classes]`.
  /// - Returns: The logits; of probabilities, which are at least 1e-7 as in Keras, the logarithms.
  package func logits(of outputs: Tensor) -> Tensor {
    fromLogits ? outputs : outputs.clipped(to: 1e-7...1).log()
  }

  private func targets(_ labels: Tensor) -> Tensor {
    smooths ? labels.oneHot(depth: classes) : labels
  }
}
