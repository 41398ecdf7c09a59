public import Tensors

/// Grey pictures of one size and the class of each, as bytes.
public struct ImageSet: Equatable, Sendable {
  /// The number of rows of each picture.
  public let height: Int

  /// The number of columns of each picture.
  public let width: Int

  /// The pixels, 0 to 255, in the order `[count, height, width]`.
  public let pixels: [UInt8]

  /// The class of each picture.
  public let classes: [UInt8]

  /// The number of pictures.
  public var count: Int { classes.count }

  /// Creates a set from its bytes.
  ///
  /// - Parameters:
  ///   - pixels: The pixels, 0 to 255, in the order `[count, height, width]`.
  ///   - classes: The class of each picture, as many as there are pictures.
  ///   - height: The number of rows of each picture.
  ///   - width: The number of columns of each picture.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if an extent is not positive or the pixels are
  ///   not those of so many pictures.
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

  /// All pictures as numbers in `0...1`, shape `[count, height, width, 1]`.
  ///
  /// Each pixel is divided by 255 in 32-bit floats, as TensorFlow's tutorial does. The tensor is
  /// made anew each time and takes four times the memory of ``pixels``.
  public var images: Tensor { images(at: Array(0..<count), shape: [count, height, width, 1]) }

  /// The classes as numbers, shape `[count]`.
  public var labels: Tensor { Tensor(classes.map(Float.init), shape: [count]) }

  /// Makes a tensor of the pictures at `indexes`, one after the other.
  func images(at indexes: [Int], shape: Shape) -> Tensor {
    let area = height * width
    return Tensor(uninitialized: shape) { output in
      pixels.withUnsafeBufferPointer { pixels in
        for (place, index) in indexes.enumerated() {
          let source = UnsafeBufferPointer(rebasing: pixels[index * area..<(index + 1) * area])
          let target = UnsafeMutableBufferPointer(
            rebasing: output[place * area..<(place + 1) * area])
          for pixel in 0..<area {
            // A product with 1/255 would differ in the last bit for 126 of the 256 values.
            target.initializeElement(at: pixel, to: Float(source[pixel]) / 255)
          }
        }
      }
    }
  }
}
