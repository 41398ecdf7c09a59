import NeuralNetwork

/// The optimizers available by name, with Keras's defaults.
public enum OptimizerName: String, CaseIterable, Sendable {
  /// Stochastic gradient descent without momentum.
  case sgd

  /// Stochastic gradient descent with momentum 0.9.
  case momentum

  /// Stochastic gradient descent with Nesterov momentum 0.9.
  case nesterov

  /// RMSprop.
  case rmsprop

  /// Adam.
  case adam

  /// Adam with decoupled weight decay.
  case adamw

  /// Adam with the infinity norm.
  case adamax

  /// Adam with Nesterov momentum.
  case nadam

  /// Adagrad.
  case adagrad

  /// Creates the optimizer.
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
