import NeuralNetwork

extension Optimizer {
  /// Whether the learning rate is a variable of the optimizer, and not computed by a schedule.
  var hasLearningRateVariable: Bool { true }
}
