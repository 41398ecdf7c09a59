public import Tensors

/// Crops images at a random position in training, the same for all images of a batch as in Keras.
///
/// At inference, the largest centered window with the target's aspect ratio is resized to the
/// target, as Keras documents; Keras 3.15 returns the input, whose shape then differs from
/// `outputShape`. In training, images that are not larger than the target are cropped at their
/// center and resized, as in Keras.
///
/// ```swift
/// let layer = RandomCrop(32)
/// let cropped = layer(images, training: true)  // [8, 36, 36, 3] → [8, 32, 32, 3]
/// ```
public final class RandomCrop: BaseCrop, KerasLayer {
  private let seedGenerator = SeedGenerator()

  /// The random number generator of the layer.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Crops images at a random position.
  private func cropped(_ x: Tensor, stream: inout RandomStream) -> Tensor {
    let (height, width) = (x.shape[1], x.shape[2])
    guard height > size.height, width > size.width else {
      // Source: `get_random_transformation` and `transform_images` of the layer in Keras 3.15.
      let window = Size2D(
        height: height, width: width, aspectRatioOf: size, precision: Double.self)
      return cropped(
        x, top: (height - window.height) / 2, left: (width - window.width) / 2)
    }
    func start(_ extent: Int, _ target: Int) -> Int {
      Int(stream.uniform(in: 0..<Float(extent - target + 1)))
    }
    let top = min(start(height, size.height), height - size.height)
    let left = min(start(width, size.width), width - size.width)
    return cropped(x, top: top, left: left)
  }

  /// Crops images, and resizes them if they are smaller than the target.
  ///
  /// - Parameters:
  ///   - x: Images of shape `[batch, height, width, channels]`.
  ///   - top: The first row.
  ///   - left: The first column.
  /// - Returns: Images of shape `[batch, size.height, size.width, channels]`.
  package func cropped(_ x: Tensor, top: Int, left: Int) -> Tensor {
    let margins = Margins(
      top: top, bottom: max(x.shape[1] - top - size.height, 0), left: left,
      right: max(x.shape[2] - left - size.width, 0))
    return x.cropped(margins).resized(to: size)
  }

  /// Crops the images at random in training; otherwise crops and resizes them.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training else {
      return x.croppedToAspectRatio(of: size, precision: Double.self).resized(to: size)
    }
    var stream = seedGenerator.next()
    return cropped(x, stream: &stream)
  }
}
