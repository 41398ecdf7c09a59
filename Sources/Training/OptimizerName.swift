import NeuralNetwork

/// The optimizers that a run can be asked for by name, with Keras's defaults.
public enum OptimizerName: String, CaseIterable, Sendable {
  /// Plain gradient descent.
  case sgd

  /// Gradient descent with the momentum 0.9.
  case momentum

  /// Gradient descent with Nesterov's momentum 0.9.
  case nesterov

  /// RMSprop.
  case rmsprop

  /// Adam.
  case adam

  /// Adam with weight decay apart from the gradient.
  case adamw

  /// Adam with the maximum norm.
  case adamax

  /// Adam with Nesterov's momentum.
  case nadam

  /// Adagrad.
  case adagrad

  /// Makes the optimizer.
  func makeOptimizer(learningRate: Float) -> Optimizer {
    switch self {
    case .sgd: SGD(learningRate: learningRate)
    case .momentum: SGD(learningRate: learningRate, momentum: 0.9)
    case .nesterov: SGD(learningRate: learningRate, momentum: 0.9, nesterov: true)
    case .rmsprop: RMSprop(learningRate: learningRate)
    case .adam: Adam(learningRate: learningRate)
    case .adamw: AdamW(learningRate: learningRate)
    case .adamax: Adamax(learningRate: learningRate)
    case .nadam: Nadam(learningRate: learningRate)
    case .adagrad: Adagrad(learningRate: learningRate)
    }
  }
}
