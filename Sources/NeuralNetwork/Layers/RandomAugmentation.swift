import Preconditions
public import Tensors

/// The base class of augmentation layers, which change images at random in training.
///
/// At inference, they return their input. Each image of a batch has its own random numbers, from a
/// counter-based generator, so results do not depend on the number of threads. Gradients pass
/// through to the input.
///
/// See ``RandomFlip`` for an example.
public class RandomAugmentation: BaseImagePreprocessing {
  private let seedGenerator = SeedGenerator()

  /// The random number generator of the layer.
  public final override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Whether the output elements are those of the input at inference.
  package final override var keepsElements: Bool { true }

  /// Changes images of shape `[batch, height, width, channels]` at random.
  func augment(_ x: Tensor, stream: inout RandomStream) -> Tensor {
    fail("\(Self.className) must override `augment(_:stream:)`.")
  }

  /// Changes the images at random in training; otherwise returns them.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training else { return x }
    require(
      x.rank == 4,
      """
      The layer '\(name)' can be trained only with images of shape [batch, height, width, \
      channels], but the shape is \(x.shape).
      """)
    var stream = seedGenerator.next()
    return augment(x, stream: &stream)
  }
}
