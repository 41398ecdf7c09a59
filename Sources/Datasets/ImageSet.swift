public import Tensors

/// Grayscale images of one size with their classes, as bytes.
public struct ImageSet: Equatable, Sendable {
  /// The height of each image, in pixels.
  public let height: Int

  /// The width of each image, in pixels.
  public let width: Int

  /// The pixels, 0 to 255, of shape `[count, height, width]`.
  public let pixels: [UInt8]

  /// The class of each image.
  public let classes: [UInt8]

  /// The number of images.
  public var count: Int { classes.count }

  /// Creates a set from its bytes.
  ///
  /// - Parameters:
  ///   - pixels: The pixels, 0 to 255, of shape `[count, height, width]`.
  ///   - classes: The class of each image.
  ///   - height: The height of each image, in pixels.
  ///   - width: The width of each image, in pixels.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if an extent is less than 1 or the number of
  ///   pixels does not match.
  public init(pixels: [UInt8], classes: [UInt8], height: Int, width: Int) throws(DatasetError) {
    let (area, overflow) = height.multipliedReportingOverflow(by: width)
    guard height > 0 && width > 0 && !overflow else {
      throw .invalidArgument("There are no pictures of \(height) by \(width) pixels")
    }
    guard pixels.count.isMultiple(of: area) && pixels.count / area == classes.count else {
      throw .invalidArgument(
        "\(pixels.count) pixels are not \(classes.count) pictures of \(height) by \(width)")
    }
    self.pixels = pixels
    self.classes = classes
    self.height = height
    self.width = width
  }

  init(uncheckedPixels pixels: [UInt8], classes: [UInt8], height: Int, width: Int) {
    (self.pixels, self.classes, self.height, self.width) = (pixels, classes, height, width)
  }

  /// All images as numbers in `0...1`, of shape `[count, height, width, 1]`.
  ///
  /// Each pixel is divided by 255 in single precision, as in TensorFlow's tutorial. Each access
  /// creates a new tensor with four times the memory of ``pixels``.
  public var images: Tensor { images(at: Array(0..<count), shape: [count, height, width, 1]) }

  /// The classes as numbers, of shape `[count]`.
  public var labels: Tensor { Tensor(classes.map(Float.init), shape: [count]) }

  /// Creates a tensor of the images at `indexes`, in this order.
  func images(at indexes: [Int], shape: Shape) -> Tensor {
    let area = height * width
    return unsafe Tensor(uninitialized: shape) { output in
      unsafe pixels.withUnsafeBufferPointer { pixels in
        for (place, index) in indexes.enumerated() {
          let source = unsafe UnsafeBufferPointer(
            rebasing: pixels[index * area..<(index + 1) * area])
          let target = unsafe UnsafeMutableBufferPointer(
            rebasing: output[place * area..<(place + 1) * area])
          for pixel in 0..<area {
            // Multiplying by 1/255 would change the last bit of 126 of the 256 values.
            unsafe target.initializeElement(at: pixel, to: Float(source[pixel]) / 255)
          }
        }
      }
    }
  }
}
