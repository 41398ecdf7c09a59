/// How pictures of any size and colour are brought to one size and colour: for training and for
/// predictions alike, with the same bits.
///
/// The colour is converted first, then the size. Transparent pixels are composed on white. A
/// picture that has the size already keeps its samples.
///
/// ```swift
/// let photo = Image(width: 60, height: 40, gray: Array(repeating: 128, count: 60 * 40))
/// let preparation = PicturePreparation(width: 32, height: 32, color: .rgb, fit: .pad)
/// let bytes = preparation(photo)  // 32 · 32 · 3 bytes, [height, width, channels]
/// ```
public struct PicturePreparation: Equatable, Sendable {
  /// The colour of the result.
  public enum Color: String, CaseIterable, Sendable {
    /// One channel, the luminance of ITU-R BT.601, rounded as in Pillow.
    case gray
    /// Red, green and blue.
    case rgb

    /// The number of channels: 1 or 3.
    public var channels: Int { self == .gray ? 1 : 3 }
  }

  /// What happens to a picture of another aspect ratio.
  public enum Fit: String, CaseIterable, Sendable {
    /// The largest centred part with the aspect ratio of the result is used, as with Keras's
    /// `crop_to_aspect_ratio`.
    case crop
    /// The whole picture is centred on black, as with Keras's `pad_to_aspect_ratio`.
    case pad
    /// The whole picture is used, and distorted.
    case stretch
  }

  /// The width of the result, in pixels.
  public var width: Int
  /// The height of the result, in pixels.
  public var height: Int
  /// The colour of the result.
  public var color: Color
  /// What happens to a picture of another aspect ratio.
  public var fit: Fit

  /// Creates a preparation.
  ///
  /// - Parameters:
  ///   - width: The width of the result in pixels, at least 1.
  ///   - height: The height of the result in pixels, at least 1.
  ///   - color: The colour of the result.
  ///   - fit: What happens to a picture of another aspect ratio.
  public init(width: Int, height: Int, color: Color, fit: Fit = .crop) {
    self.width = width
    self.height = height
    self.color = color
    self.fit = fit
  }

  /// The number of bytes of a prepared picture.
  public var byteCount: Int { width * height * color.channels }

  /// Prepares a picture.
  ///
  /// - Parameter image: The picture; samples of 16 bits are rounded to 8.
  /// - Returns: The pixels, 0 to 255, as `[height, width, channels]`.
  public func callAsFunction(_ image: Image) -> [UInt8] { self(Bitmap(image)) }

  /// Prepares a decoded picture.
  ///
  /// - Parameter bitmap: The picture.
  /// - Returns: The pixels, 0 to 255, as `[height, width, channels]`.
  package func callAsFunction(_ bitmap: Bitmap) -> [UInt8] {
    let samples = bitmap.samples(color)
    let (width, height) = (bitmap.width, bitmap.height)
    guard width != self.width || height != self.height else { return samples }
    let source = PixelGrid(samples, width: width, height: height, channels: color.channels)
    switch fit {
    case .stretch:
      return Resampling.of(
        source, part: PixelBox(width: width, height: height), toWidth: self.width,
        height: self.height)
    case .crop:
      let part = PixelBox(
        width: max(1, min(width, height * self.width / self.height)),
        height: max(1, min(height, width * self.height / self.width)))
      return Resampling.of(
        source, part: part.centred(inWidth: width, height: height), toWidth: self.width,
        height: self.height)
    case .pad:
      let whole = PixelBox(width: width, height: height)
      // The side that limits the scale is filled exactly.
      let isWide = width * self.height >= height * self.width
      let (innerWidth, innerHeight) =
        isWide
        ? (self.width, max(1, (2 * height * self.width + width) / (2 * width)))
        : (max(1, (2 * width * self.height + height) / (2 * height)), self.height)
      let inner = PixelBox(width: innerWidth, height: innerHeight)
        .centred(inWidth: self.width, height: self.height)
      let scaled = Resampling.of(source, part: whole, toWidth: innerWidth, height: innerHeight)
      return place(scaled, in: inner)
    }
  }

  /// Places pixels on black.
  private func place(_ pixels: [UInt8], in box: PixelBox) -> [UInt8] {
    let channels = color.channels
    var result = [UInt8](repeating: 0, count: byteCount)
    for row in 0..<box.height {
      let target = ((box.y + row) * width + box.x) * channels
      let source = row * box.width * channels
      result.replaceSubrange(
        target..<target + box.width * channels,
        with: pixels[source..<source + box.width * channels])
    }
    return result
  }
}

extension Bitmap {
  /// Returns the samples in another colour, composed on white.
  ///
  /// - Parameter color: The colour.
  /// - Returns: `[height, width, color.channels]`.
  fileprivate func samples(_ color: PicturePreparation.Color) -> [UInt8] {
    guard channels != color.channels else { return samples }
    let (count, channels, isGray) = (width * height, channels, channels < 3)
    let hasAlpha = hasAlpha
    return unsafe [UInt8](unsafeUninitializedCapacity: count * color.channels) { result, filled in
      unsafe samples.withUnsafeBufferPointer { samples in
        for pixel in 0..<count {
          let start = pixel * channels
          let alpha = unsafe hasAlpha ? Int(samples[start + channels - 1]) : 255
          func sample(_ channel: Int) -> Int {
            let value = unsafe Int(samples[start + (isGray ? 0 : channel)])
            return alpha == 255 ? value : (value * alpha + 255 * (255 - alpha) + 127) / 255
          }
          switch color {
          case .gray where isGray:
            unsafe result.initializeElement(at: pixel, to: UInt8(sample(0)))
          case .gray:
            // Pillow's weights in 1/65536.
            let sum = 19_595 * sample(0) + 38_470 * sample(1) + 7_471 * sample(2) + 32_768
            unsafe result.initializeElement(at: pixel, to: UInt8(sum >> 16))
          case .rgb:
            for channel in 0..<3 {
              unsafe result.initializeElement(at: 3 * pixel + channel, to: UInt8(sample(channel)))
            }
          }
        }
      }
      filled = count * color.channels
    }
  }
}
