import NeuralNetwork
import Tensors

/// The model of TensorFlow's quickstart for experts.
final class QuickstartModel: Model {
  let conv1 = Conv2D(32, 3, activation: .relu)
  let flatten = Flatten()
  let d1 = Dense(128, activation: .relu)
  let d2 = Dense(10)

  override var isThreadSafe: Bool { true }

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    d2(d1(flatten(conv1(x))))
  }
}
