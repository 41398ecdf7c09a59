/// Decodes JPEGs with TurboJPEG.
enum JPEGDecoder {
  /// Decodes a JPEG to gray or RGB, downscaled if it exceeds the limit of pixels.
  ///
  /// - Parameters:
  ///   - bytes: A complete JPEG.
  ///   - limit: The number of pixels above which it is downscaled.
  ///   - decoder: The decoder of the samples.
  /// - Returns: The image, upright, with one channel or three.
  /// - Throws: ``ImageError`` if it is damaged, not supported or exceeds a limit. All warnings of
  ///   libjpeg but the harmless ones are errors, because it invents the pixels that it cannot
  ///   decode.
  static func decode(
    _ bytes: [UInt8], downscaledAbove limit: Int = Image.maximumDecodedPixelCount,
    with decoder: SampleDecoder
  ) throws(ImageError) -> Bitmap {
    let header = try JPEGHeader(bytes)
    let reduction = header.reduction(above: limit)
    let size = Image.size(width: header.width, height: header.height, reducedBy: reduction)
    let task = DecodingTask.jpeg(
      width: header.width, height: header.height, components: header.components,
      reduction: reduction)
    let isPrint = header.components == 4
    var samples = try decoder.samples(
      task, of: EncodedPieces(bytes: bytes, ranges: [0..<bytes.count]), as: UInt8.self)
    if isPrint { samples = rgb(ofInvertedCMYK: samples) }
    return Bitmap(
      samples, width: size.width, height: size.height, channels: isPrint ? 3 : header.components,
      orientation: header.orientation, reduction: reduction)
  }

  /// Converts CMYK samples as Adobe's programs write them, 255 for no ink, to RGB, as Pillow does.
  private static func rgb(ofInvertedCMYK samples: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(samples.count / 4 * 3)
    for start in stride(from: 0, to: samples.count, by: 4) {
      let light = Int(samples[start + 3])
      for channel in start..<start + 3 {
        let product = (255 - Int(samples[channel])) * light + 128
        result.append(UInt8(light - (product + product >> 8) >> 8))
      }
    }
    return result
  }
}
