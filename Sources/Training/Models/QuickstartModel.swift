public import NeuralNetwork
public import Tensors

/// The CNN of TensorFlow's "quickstart for experts", made for handwritten digits.
///
/// Source: tensorflow.org/tutorials/quickstart/advanced.
///
/// ```swift
/// let model = QuickstartModel()
/// let logits = model(Tensor(zeros: [32, 28, 28, 1]))  // [32, 10]
/// ```
public final class QuickstartModel: Model {
  let conv1 = Conv2D(32, 3, activation: .relu)
  let flatten = Flatten()
  let d1 = Dense(128, activation: .relu)
  let d2: Dense

  /// The shape of an image of MNIST: 28 × 28 pixels and one channel.
  public static let imageShape: Shape = [28, 28, 1]

  /// The shape of an input: that of ``imageShape``, unless the model is made for other pictures.
  public override var expectedInputShape: Shape? { imageShape }

  private let imageShape: Shape

  /// Creates the model, unbuilt.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of an image: height, width and channels.
  ///   - classes: The number of classes, at least 1.
  public init(imageShape: Shape = QuickstartModel.imageShape, classes: Int = 10) {
    self.imageShape = imageShape
    d2 = Dense(classes)
    super.init()
  }

  /// `call` changes no state, so batches can be evaluated concurrently.
  public override var isThreadSafe: Bool { true }

  /// Computes the logits of the classes.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    var x = conv1(x)  // [batch, 26, 26, 32] for 28 × 28 pixels
    x = flatten(x)  // [batch, 21632]
    x = d1(x)  // [batch, 128]
    return d2(x)  // [batch, classes], unnormalised
  }
}
