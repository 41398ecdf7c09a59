import Tensors

/// The memory layout of an image in a model's input.
struct InputLayout: Equatable {
  /// The height, in pixels.
  let height: Int
  /// The width, in pixels.
  let width: Int
  /// The number of channels: 1 for gray, 3 for RGB, 4 for RGBA.
  let channels: Int
  /// Whether channels are the first axis.
  let isChannelsFirst: Bool
  /// The shape of the input, without the batch axis.
  let shape: Shape

  /// How many pictures pass through a model together: activations of large ones take much memory,
  /// and such pictures fill the threads alone.
  var batchSize: Int { max(4, min(256, (1 << 18) / (height * width * channels))) }

  /// Creates the layout of an input shape, such as `[28, 28, 1]`, `[28, 28]`, `[784]`, `[28, 28,
  /// 3]` or `[1, 28, 28]`; `nil` for shapes that are not images.
  ///
  /// - Parameter shape: The shape of the input, without the batch axis.
  init?(_ shape: Shape) {
    let extents = Array(shape)
    let isFirst: Bool
    switch extents.count {
    case 1:
      guard let found = Self.square(of: extents[0]) else { return nil }
      (height, width, channels, isFirst) = (found.side, found.side, found.channels, false)
    case 2 where extents[1] == 1 && extents[0] > 1:
      guard let found = Self.square(of: extents[0]) else { return nil }
      (height, width, channels, isFirst) = (found.side, found.side, found.channels, false)
    case 2:
      (height, width, channels, isFirst) = (extents[0], extents[1], 1, false)
    case 3 where [1, 3, 4].contains(extents[2]):
      (height, width, channels, isFirst) = (extents[0], extents[1], extents[2], false)
    case 3 where [1, 3, 4].contains(extents[0]):
      (height, width, channels, isFirst) = (extents[1], extents[2], extents[0], true)
    default: return nil
    }
    isChannelsFirst = isFirst
    self.shape = shape
  }

  /// The size of the image.
  var size: ClassifierOptions.Size { .init(width: width, height: height) }

  /// The axes of height and width in the shape; `nil` if it has none.
  private var axes: (height: Int, width: Int)? {
    switch shape.count {
    case 3: isChannelsFirst ? (1, 2) : (0, 1)
    case 2 where shape[0] == height && shape[1] == width: (0, 1)
    default: nil
    }
  }

  /// Whether height and width may be others.
  ///
  /// - Parameter extents: The extents of the input, `nil` for those that the file leaves open.
  /// - Returns: Whether at least one of them is open.
  func isOpen(in extents: [Int?]?) -> Bool {
    guard let extents, let axes, extents.count == shape.count else { return false }
    return extents[axes.height] == nil || extents[axes.width] == nil
  }

  /// The layout with another size.
  ///
  /// - Parameters:
  ///   - size: The size.
  ///   - extents: The extents of the input, `nil` for those that the file leaves open.
  /// - Returns: The layout; `nil` if the file has another size.
  func resized(to size: ClassifierOptions.Size, in extents: [Int?]?) -> InputLayout? {
    guard size != self.size else { return self }
    guard let axes, let extents, extents.count == shape.count,
      size.height == height || extents[axes.height] == nil,
      size.width == width || extents[axes.width] == nil
    else { return nil }
    var shape = Array(shape)
    (shape[axes.height], shape[axes.width]) = (size.height, size.width)
    return InputLayout(
      height: size.height, width: size.width, channels: channels, shape: Shape(shape),
      isChannelsFirst: isChannelsFirst)
  }

  private init(height: Int, width: Int, channels: Int, shape: Shape, isChannelsFirst: Bool) {
    (self.height, self.width, self.channels) = (height, width, channels)
    (self.shape, self.isChannelsFirst) = (shape, isChannelsFirst)
  }

  /// The size of a square image with this number of elements.
  private static func square(of count: Int) -> (side: Int, channels: Int)? {
    for channels in [1, 3, 4] where count % channels == 0 {
      let side = Int(Double(count / channels).squareRoot().rounded())
      if side * side * channels == count { return (side, channels) }
    }
    return nil
  }

  /// Repeats the gray pixels for each channel.
  ///
  /// - Parameter gray: `[height, width]`.
  /// - Returns: `[height, width, channels]`; alpha is opaque.
  func pixels(ofGray gray: [UInt8]) -> [UInt8] {
    guard channels > 1 else { return gray }
    return gray.flatMap { [$0, $0, $0] + (channels == 4 ? [255] : []) }
  }

  /// Creates the input of a model.
  ///
  /// - Parameters:
  ///   - pictures: The images, each of shape `[height, width, channels]`.
  ///   - range: The pixel value range.
  /// - Returns: A tensor of shape `[pictures] + shape`.
  func tensor(of pictures: [[UInt8]], in range: PixelRange) -> Tensor {
    let table = (0...255).map { range.value(of: UInt8($0)) }
    let area = height * width * channels
    let values = unsafe [Float](unsafeUninitializedCapacity: pictures.count * area) {
      values, count in
      for pixels in pictures {
        for level in inOrder(pixels) {
          unsafe values.initializeElement(at: count, to: table[Int(level)])
          count += 1
        }
      }
    }
    return Tensor(values, shape: Shape([pictures.count] + shape))
  }

  /// The pixels of an image in the order of the model.
  private func inOrder(_ pixels: [UInt8]) -> [UInt8] {
    guard isChannelsFirst, channels > 1 else { return pixels }
    return (0..<channels).flatMap { channel in
      stride(from: channel, to: pixels.count, by: channels).map { pixels[$0] }
    }
  }
}
