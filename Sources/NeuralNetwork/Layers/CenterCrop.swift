public import Tensors

/// Crops images to their center.
///
/// If an image is smaller than the target, its largest centered window with the target's aspect
/// ratio is resized to the target.
///
/// ```swift
/// let layer = CenterCrop(24)
/// let center = layer(Tensor(zeros: [8, 28, 32, 3]))  // [8, 24, 24, 3]
/// ```
public final class CenterCrop: BaseCrop, KerasLayer {
  /// Crops the images.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard x.shape[1] >= size.height, x.shape[2] >= size.width else {
      return x.croppedToAspectRatio(of: size, precision: Double.self).resized(to: size)
    }
    return x.cropped(Margins(around: size, in: Shape(x.shape.dropFirst())))
  }
}
