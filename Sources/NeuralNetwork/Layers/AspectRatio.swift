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

extension Margins {
  /// The margins around a centered window of an image.
  ///
  /// - Parameters:
  ///   - window: The size of the window, at most that of the image.
  ///   - image: The shape of the image, `[height, width, channels]`.
  package init(around window: Size2D, in image: Shape) {
    let (rows, columns) = (image[0] - window.height, image[1] - window.width)
    self.init(
      top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
  }

  /// The margins around the largest centered window of an image with the aspect ratio of a target.
  ///
  /// Source: `smart_resize` in keras/src/utils/image_utils.py.
  ///
  /// - Parameters:
  ///   - target: The target size.
  ///   - image: The shape of the image, `[height, width, channels]`.
  ///   - precision: The type with which Keras computes, which decides between neighbouring sizes.
  package init<Number: BinaryFloatingPoint>(
    croppingToAspectRatioOf target: Size2D, _ image: Shape, precision: Number.Type
  ) {
    let window = Size2D(
      height: image[0], width: image[1], aspectRatioOf: target, precision: precision)
    self.init(around: window, in: image)
  }

  /// The margins that give an image evenly the aspect ratio of a target.
  ///
  /// - Parameters:
  ///   - target: The target size.
  ///   - image: The shape of the image, `[height, width, channels]`.
  package init(paddingToAspectRatioOf target: Size2D, _ image: Shape) {
    let padded = Size2D(height: image[0], width: image[1], paddedToAspectRatioOf: target)
    self.init((padded.height - image[0]) / 2, (padded.width - image[1]) / 2)
  }
}

extension Tensor {
  /// Crops images to their largest centered window with the aspect ratio of a target.
  func croppedToAspectRatio<Number: BinaryFloatingPoint>(
    of target: Size2D, precision: Number.Type
  ) -> Tensor {
    cropped(
      Margins(
        croppingToAspectRatioOf: target, Shape(shape.dropFirst()), precision: precision))
  }
}
