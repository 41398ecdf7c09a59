import Preconditions

/// An image in memory.
///
/// Decoding always creates ``Format/rgba16``, which represents every PNG and JPEG without loss. The
/// other formats are for images to be encoded.
///
/// ```swift
/// let gray = (0..<64).map { UInt8(4 * $0) }
/// try Image(width: 8, height: 8, gray: gray).write(to: "\(folder)/ramp.png")
/// let picture = try Image.decode(contentsOf: "\(folder)/ramp.png")
/// ```
public struct Image: Equatable, Sendable {
  /// The channels of a pixel, and the bits of each of them.
  public enum Format: CaseIterable, Sendable {
    /// One channel of 8 bits: 0 is black, 255 white.
    case gray8
    /// Red, green and blue, 8 bits each.
    case rgb8
    /// Red, green, blue and alpha, 8 bits each; alpha is not premultiplied.
    case rgba8
    /// Red, green, blue and alpha, 16 bits each; alpha is not premultiplied.
    case rgba16

    /// The number of channels, 1 to 4.
    public var channels: Int {
      switch self {
      case .gray8: 1
      case .rgb8: 3
      case .rgba8, .rgba16: 4
      }
    }

    /// The largest sample value, which is white or opaque.
    public var maximum: UInt16 {
      self == .rgba16 ? .max : 255
    }
  }

  /// The maximum number of pixels of a file: 268,435,456.
  public static let maximumPixelCount = 1 << 28

  /// The maximum number of pixels of a decoded image: 16,777,216.
  ///
  /// A larger image is downscaled while it is read.
  public static let maximumDecodedPixelCount = 1 << 24

  /// The maximum width and height of a file: 131,072 pixels.
  public static let maximumSide = 1 << 17

  /// The width in pixels, at least 1.
  public let width: Int
  /// The height in pixels, at least 1.
  public let height: Int
  /// The channels and bits of the samples.
  public let format: Format
  /// The samples, `0...format.maximum`, as `[height, width, channels]`, top row first.
  ///
  /// They are the samples of the file: its gamma, colour profile and white point are not applied.
  public let samples: [UInt16]

  /// The Exif orientation that was applied when the image was read, 1 to 8; 1 for none.
  public internal(set) var orientation = 1

  /// The factor by which the image was downscaled when it was read: blocks of so many pixels a side
  /// were averaged to one pixel.
  public internal(set) var reduction = 1

  /// Creates an image from samples.
  ///
  /// - Parameters:
  ///   - width: The width in pixels, at least 1.
  ///   - height: The height in pixels, at least 1.
  ///   - format: The channels and bits of the samples.
  ///   - samples: `[height, width, channels]`, each `0...format.maximum`.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Precondition: There are `width * height * channels` samples, and none exceeds the maximum.
  public init(
    width: Int, height: Int, format: Format, samples: [UInt16], file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      width > 0 && height > 0,
      "Image: `width` and `height` must be at least 1, but are \(width) and \(height).", file: file,
      line: line)
    let (pixels, tooMany) = width.multipliedReportingOverflow(by: height)
    require(
      !tooMany && samples.count % format.channels == 0
        && samples.count / format.channels == pixels,
      """
      Image: `samples` must have width x height x channels elements (\(width) x \(height) x \
      \(format.channels)), but has \(samples.count).
      """, file: file, line: line)
    require(
      format.maximum == .max || samples.allSatisfy { $0 <= format.maximum },
      "Image: samples of an 8-bit image must be at most 255, but one is \(samples.max() ?? 0).",
      file: file, line: line)
    self.width = width
    self.height = height
    self.format = format
    self.samples = samples
  }

  /// Creates a gray image from bytes.
  ///
  /// - Parameters:
  ///   - width: The width in pixels, at least 1.
  ///   - height: The height in pixels, at least 1.
  ///   - gray: `[height, width]`, 0 for black to 255 for white.
  /// - Precondition: There are `width * height` bytes.
  public init(width: Int, height: Int, gray: [UInt8]) {
    self.init(width: width, height: height, format: .gray8, samples: gray.map(UInt16.init))
  }
}
