import Images
public import Tensors

/// Labelled images of one size.
///
/// The pixels are bytes or floats in memory, or pictures that are decoded whenever they are needed.
///
/// ```swift
/// let pixels = [UInt8](repeating: 128, count: 3 * 8 * 8)
/// let images = try ImageSet(pixels: pixels, classes: [0, 1, 0], height: 8, width: 8)
/// let batch = images.images  // [3, 8, 8, 1], bytes divided by 255
/// ```
public struct ImageSet: Sendable {
  /// The height of each image, in pixels.
  public let height: Int

  /// The width of each image, in pixels.
  public let width: Int

  /// The number of channels of each image: 1 for gray, 3 for RGB.
  public let channels: Int

  /// The class of each image.
  public let classes: [UInt16]

  let storage: Storage

  /// The position of each image in the storage; `nil` if it is that in the set.
  private let rows: [Int]?

  /// The pixels of a set and of the sets that were taken from it.
  enum Storage: Sendable {
    case bytes([UInt8])
    case floats([Float])
    case pictures(PictureFiles)
  }

  /// The number of images.
  public var count: Int { classes.count }

  /// The number of values of an image: height × width × channels.
  var area: Int { height * width * channels }

  /// Creates a set from bytes.
  ///
  /// - Parameters:
  ///   - pixels: The pixels, 0 to 255, of shape `[count, height, width, channels]`.
  ///   - classes: The class of each image.
  ///   - height: The height of each image, in pixels.
  ///   - width: The width of each image, in pixels.
  ///   - channels: The number of channels of each image.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if an extent is less than 1 or the number of
  ///   pixels does not match.
  public init(
    pixels: [UInt8], classes: [UInt16], height: Int, width: Int, channels: Int = 1
  ) throws(DatasetError) {
    try self.init(.bytes(pixels), pixels.count, classes, height, width, channels)
  }

  /// Creates a set from floats, which reach the model unchanged.
  ///
  /// The other arguments and the errors are those of
  /// ``init(pixels:classes:height:width:channels:)``.
  public init(
    floats: [Float], classes: [UInt16], height: Int, width: Int, channels: Int = 1
  ) throws(DatasetError) {
    try self.init(.floats(floats), floats.count, classes, height, width, channels)
  }

  private init(
    _ storage: Storage, _ count: Int, _ classes: [UInt16], _ height: Int, _ width: Int,
    _ channels: Int
  ) throws(DatasetError) {
    let size = channels == 1 ? "\(height) by \(width)" : "\(height) by \(width) by \(channels)"
    let (plane, overflow) = height.multipliedReportingOverflow(by: width)
    let (area, tooLarge) = plane.multipliedReportingOverflow(by: channels)
    guard height > 0 && width > 0 && channels > 0 && !overflow && !tooLarge else {
      throw .invalidArgument("There are no pictures of \(size) pixels")
    }
    guard count.isMultiple(of: area) && count / area == classes.count else {
      throw .invalidArgument("\(count) pixels are not \(classes.count) pictures of \(size)")
    }
    self.init(storage, classes: classes, height: height, width: width, channels: channels)
  }

  /// Creates a set of pictures that are decoded whenever they are needed.
  init(_ pictures: PictureFiles, classes: [UInt16]) {
    let preparation = pictures.preparation
    self.init(
      .pictures(pictures), classes: classes, height: preparation.height,
      width: preparation.width, channels: preparation.color.channels)
  }

  private init(
    _ storage: Storage, rows: [Int]? = nil, classes: [UInt16], height: Int, width: Int,
    channels: Int
  ) {
    (self.storage, self.rows, self.classes) = (storage, rows, classes)
    (self.height, self.width, self.channels) = (height, width, channels)
  }

  /// Returns a set with the images at `indexes`, which shares the memory of this one.
  ///
  /// - Parameter indexes: The positions in this set, each less than ``count``.
  /// - Returns: The images and their classes, in this order.
  public func subset(at indexes: [Int]) -> ImageSet {
    ImageSet(
      storage, rows: indexes.map { rows?[$0] ?? $0 }, classes: indexes.map { classes[$0] },
      height: height, width: width, channels: channels)
  }

  /// The pixels, 0 to 255, of shape `[count, height, width, channels]`; `nil` unless they are bytes
  /// in memory.
  public var bytes: [UInt8]? {
    guard case .bytes(let bytes) = storage else { return nil }
    return selected(from: bytes)
  }

  /// The pixels, of shape `[count, height, width, channels]`; `nil` unless they are floats.
  public var floats: [Float]? {
    guard case .floats(let floats) = storage else { return nil }
    return selected(from: floats)
  }

  private func selected<Value>(from values: [Value]) -> [Value] {
    guard let rows else { return values }
    return rows.flatMap { values[$0 * area..<($0 + 1) * area] }
  }

  /// The error of the first picture that could not be decoded when it was needed; `nil` if there is
  /// none, or all pictures are in memory.
  ///
  /// From then on, iterators over the set end early.
  public var failure: DatasetError? {
    guard case .pictures(let pictures) = storage else { return nil }
    return pictures.failure
  }

  /// All images, of shape `[count, height, width, channels]`.
  ///
  /// Each byte is divided by 255 in single precision, as in TensorFlow's tutorial; floats are
  /// unchanged. Each access creates a new tensor with four times the memory of bytes.
  public var images: Tensor {
    tensor(at: Array(0..<count), shape: [count, height, width, channels])
  }

  /// The classes as numbers, of shape `[count]`.
  public var labels: Tensor { Tensor(classes.map(Float.init), shape: [count]) }

  /// Creates a tensor of the images at `indexes`, in this order.
  func tensor(at indexes: [Int], shape: Shape) -> Tensor {
    let places = rows.map { rows in indexes.map { rows[$0] } } ?? indexes
    switch storage {
    case .bytes(let bytes):
      return unsafe Tensor(uninitialized: shape) { output in
        unsafe bytes.withUnsafeBufferPointer { bytes in
          unsafe Self.scale(bytes, at: places, area: area, into: output)
        }
      }
    case .floats(let floats):
      return unsafe Tensor(uninitialized: shape) { output in
        unsafe floats.withUnsafeBufferPointer { floats in
          for (place, index) in places.enumerated() {
            let part = unsafe UnsafeBufferPointer(
              rebasing: floats[index * area..<(index + 1) * area])
            _ = unsafe output[(place * area)...].initialize(fromContentsOf: part)
          }
        }
      }
    case .pictures(let pictures):
      let bytes = pictures.pixels(at: places)
      return unsafe Tensor(uninitialized: shape) { output in
        unsafe bytes.withUnsafeBufferPointer { bytes in
          unsafe Self.scale(bytes, at: Array(places.indices), area: area, into: output)
        }
      }
    }
  }

  /// Divides the bytes of images by 255.
  private static func scale(
    _ bytes: UnsafeBufferPointer<UInt8>, at indexes: [Int], area: Int,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    for (place, index) in indexes.enumerated() {
      let source = unsafe UnsafeBufferPointer(rebasing: bytes[index * area..<(index + 1) * area])
      let target = unsafe UnsafeMutableBufferPointer(
        rebasing: output[place * area..<(place + 1) * area])
      for pixel in 0..<area {
        // Multiplying by 1/255 would change the last bit of 126 of the 256 values.
        unsafe target.initializeElement(at: pixel, to: Float(source[pixel]) / 255)
      }
    }
  }
}

extension ImageSet: Equatable {
  /// Whether two sets have the same images and classes in the same order, bytes and floats being
  /// different.
  public static func == (left: ImageSet, right: ImageSet) -> Bool {
    guard
      left.classes == right.classes, left.height == right.height, left.width == right.width,
      left.channels == right.channels
    else { return false }
    return switch (left.storage, right.storage) {
    case (.bytes, .bytes): left.bytes == right.bytes
    case (.floats, .floats): left.floats == right.floats
    case (.pictures(let files), .pictures(let others)):
      files === others && left.rows == right.rows
    default: false
    }
  }
}
