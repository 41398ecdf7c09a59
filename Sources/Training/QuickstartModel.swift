public import NeuralNetwork
public import Tensors

/// The CNN of TensorFlow's "quickstart for experts", which classifies handwritten digits.
///
/// Source: tensorflow.org/tutorials/quickstart/advanced.
public final class QuickstartModel: Model {
  let conv1 = Conv2D(32, 3, activation: .relu)
  let flatten = Flatten()
  let d1 = Dense(128, activation: .relu)
  let d2 = Dense(10)

  /// The shape of an image: 28 × 28 pixels and one channel.
  public static let imageShape: Shape = [28, 28, 1]

  /// The shape of an image.
  public override var expectedInputShape: Shape? { Self.imageShape }

  /// Creates the model, unbuilt.
  public init() {
    super.init()
  }

  /// `call` changes no state, so batches can be evaluated concurrently.
  public override var isThreadSafe: Bool { true }

  /// Computes the logits of the ten digits.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    var x = conv1(x)  // [batch, 26, 26, 32]
    x = flatten(x)  // [batch, 21632]
    x = d1(x)  // [batch, 128]
    return d2(x)  // [batch, 10], unnormalised
  }
}
