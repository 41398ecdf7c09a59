public import Tensors

/// Crops images to their center.
///
/// If an image is smaller than the target, its largest centered window with the target's aspect
/// ratio is resized to the target.
public final class CenterCrop: BaseCrop, KerasLayer {
  /// Crops the images.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let (rows, columns) = (x.shape[1] - size.height, x.shape[2] - size.width)
    guard rows >= 0, columns >= 0 else {
      return x.croppedToAspectRatio(of: size, precision: Double.self).resized(to: size)
    }
    return x.cropped(
      Margins(
        top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2))
  }
}
