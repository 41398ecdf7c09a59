package import Tensors

extension Size2D {
  /// The largest window of an image with the aspect ratio of a target.
  ///
  /// - Parameters:
  ///   - height: The height of the image.
  ///   - width: The width of the image.
  ///   - target: The target size.
  ///   - precision: The type with which Keras computes, which decides between neighbouring sizes.
  package init<Number: BinaryFloatingPoint>(
    height: Int, width: Int, aspectRatioOf target: Size2D, precision: Number.Type
  ) {
    let rows = Int(Number(width * target.height) / Number(target.width))
    let columns = Int(Number(height * target.width) / Number(target.height))
    self.init(max(min(height, rows), 1), max(min(width, columns), 1))
  }
}

extension Size2D {
  /// The smallest window around an image with the aspect ratio of a target.
  ///
  /// Source: `resize` in keras/src/backend/tensorflow/image.py.
  package init(height: Int, width: Int, paddedToAspectRatioOf target: Size2D) {
    let rows = Int(Float(width * target.height) / Float(target.width))
    let columns = Int(Float(height * target.width) / Float(target.height))
    self.init(max(height, rows), max(width, columns))
  }
}

extension Tensor {
  /// Crops images to their largest centered window with the aspect ratio of a target.
  ///
  /// Source: `smart_resize` in keras/src/utils/image_utils.py.
  func croppedToAspectRatio<Number: BinaryFloatingPoint>(
    of target: Size2D, precision: Number.Type
  ) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let window = Size2D(
      height: height, width: width, aspectRatioOf: target, precision: precision)
    let (rows, columns) = (height - window.height, width - window.width)
    return cropped(
      Margins(
        top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2))
  }

  /// Pads images evenly to the aspect ratio of a target.
  func paddedToAspectRatio(of target: Size2D, with value: Float) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let padded = Size2D(height: height, width: width, paddedToAspectRatioOf: target)
    return self.padded(
      Margins((padded.height - height) / 2, (padded.width - width) / 2), with: value)
  }
}
