import Preconditions

/// A decoded and upright image with 8 bits a sample: what most files contain, in a quarter of the
/// memory of an ``Image``.
package struct Bitmap: Equatable, Sendable {
  /// The width in pixels.
  package let width: Int
  /// The height in pixels.
  package let height: Int
  /// The number of channels: gray, gray with alpha, RGB or RGBA.
  package let channels: Int
  /// The samples as `[height, width, channels]`, top row first; alpha is not premultiplied.
  package let samples: [UInt8]
  /// The Exif orientation that was applied.
  let orientation: Orientation
  /// The factor by which the image was downscaled when it was read.
  let reduction: Int

  /// Applies the orientation to decoded samples.
  init(
    _ samples: [UInt8], width: Int, height: Int, channels: Int, orientation: Orientation,
    reduction: Int
  ) {
    let upright = orientation.upright(samples, width: width, height: height, channels: channels)
    self.width = upright.width
    self.height = upright.height
    self.channels = channels
    self.samples = upright.samples
    self.orientation = orientation
    self.reduction = reduction
  }

  /// Creates a bitmap from upright samples.
  ///
  /// - Parameters:
  ///   - samples: `[height, width, channels]`.
  ///   - width: The width in pixels.
  ///   - height: The height in pixels.
  ///   - channels: The number of channels, 1 to 4.
  /// - Precondition: The samples have the size.
  package init(_ samples: [UInt8], width: Int, height: Int, channels: Int) {
    require(
      (1...4).contains(channels) && samples.count == width * height * channels,
      "Bitmap: there are \(samples.count) samples for \(width) x \(height) x \(channels).")
    self.init(
      samples, width: width, height: height, channels: channels, orientation: .upright,
      reduction: 1)
  }

  /// Whether there are alpha samples.
  package var hasAlpha: Bool { channels == 2 || channels == 4 }
}

extension Bitmap {
  /// Rounds the samples of an image to 8 bits.
  ///
  /// - Parameter image: The image; its pixels are kept as RGBA if they are now.
  package init(_ image: Image) {
    let samples =
      image.format == .rgba16
      ? image.samples.map { UInt8((Int($0) * 255 + 32_767) / 65_535) }
      : image.samples.map { UInt8(truncatingIfNeeded: $0) }
    self.init(
      samples, width: image.width, height: image.height, channels: image.format.channels,
      orientation: .upright, reduction: image.reduction)
  }
}

extension Image {
  /// Widens the samples of a bitmap to 16 bits, and its channels to RGBA.
  ///
  /// - Parameter bitmap: The bitmap.
  package init(_ bitmap: Bitmap) {
    let channels = bitmap.channels
    let samples = unsafe [UInt16](
      unsafeUninitializedCapacity: 4 * bitmap.width * bitmap.height
    ) { buffer, count in
      count = 4 * bitmap.width * bitmap.height
      var target = 0
      for start in stride(from: 0, to: bitmap.samples.count, by: channels) {
        for channel in 0..<3 {
          let sample = bitmap.samples[start + (channels < 3 ? 0 : channel)]
          unsafe buffer.initializeElement(at: target + channel, to: UInt16(sample) * 257)
        }
        let alpha = bitmap.hasAlpha ? bitmap.samples[start + channels - 1] : 255
        unsafe buffer.initializeElement(at: target + 3, to: UInt16(alpha) * 257)
        target += 4
      }
    }
    self.init(width: bitmap.width, height: bitmap.height, format: .rgba16, samples: samples)
    orientation = bitmap.orientation.rawValue
    reduction = bitmap.reduction
  }
}
