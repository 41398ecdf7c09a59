import Preconditions

/// A rectangle of pixels.
///
/// Decoding always gives ``Format/rgba16``, whatever the file holds, so that nothing is lost and a
/// reader has one form to handle. The other formats are for pictures that are made to be written.
public struct Image: Equatable, Sendable {
  /// How many channels a pixel has, and how many bits each.
  public enum Format: CaseIterable, Sendable {
    /// One channel of 8 bits: 0 is black, 255 white.
    case gray8
    /// Red, green and blue, 8 bits each.
    case rgb8
    /// Red, green, blue and alpha, 8 bits each; the colours are not multiplied by alpha.
    case rgba8
    /// Red, green, blue and alpha, 16 bits each; the colours are not multiplied by alpha.
    case rgba16

    /// The samples of one pixel.
    public var channels: Int {
      switch self {
      case .gray8: 1
      case .rgb8: 3
      case .rgba8, .rgba16: 4
      }
    }

    /// The largest sample: white, or opaque.
    public var maximum: UInt16 {
      self == .rgba16 ? .max : 255
    }
  }

  /// The most pixels that a file may have: 268,435,456.
  public static let maximumPixelCount = 1 << 28

  /// The most pixels that a decoded image has, 16,777,216; a larger one is reduced while it is read.
  public static let maximumDecodedPixelCount = 1 << 24

  /// The most pixels a side that a file may have: 131,072.
  public static let maximumSide = 1 << 17

  /// The pixels in a row, at least one.
  public let width: Int
  /// The rows, at least one.
  public let height: Int
  /// What the samples mean.
  public let format: Format
  /// The samples, `0...format.maximum`, as `[height, width, channels]`, top row first.
  ///
  /// They are sRGB samples as a file stores them: a gamma, a colour profile or a white point that
  /// a file declares is not applied.
  public let samples: [UInt16]

  /// The Exif orientation that was applied when the image was read, from 1, as stored, to 8.
  public internal(set) var orientation = 1

  /// How many pixels of the file, in each direction, were averaged to one when the image was read.
  public internal(set) var reduction = 1

  /// Makes an image of samples.
  ///
  /// - Parameters:
  ///   - width: the pixels in a row, at least one.
  ///   - height: the rows, at least one.
  ///   - format: what the samples mean.
  ///   - samples: `[height, width, channels]`, each `0...format.maximum`.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Precondition: The number of samples fits the size, and none exceeds the maximum.
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

  /// Makes a gray image of bytes.
  ///
  /// - Parameters:
  ///   - width: the pixels in a row, at least one.
  ///   - height: the rows, at least one.
  ///   - gray: `[height, width]`, 0 for black to 255 for white.
  /// - Precondition: The number of bytes fits the size.
  public init(width: Int, height: Int, gray: [UInt8]) {
    self.init(width: width, height: height, format: .gray8, samples: gray.map(UInt16.init))
  }
}
