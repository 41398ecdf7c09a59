/// A JPEG whose markers have been checked.
struct EncodedJPEG {
  private let header: JPEGHeader
  private let bytes: [UInt8]
  private let reduction: Int

  /// Checks the markers.
  ///
  /// - Parameters:
  ///   - bytes: A complete file. Bytes after its end are ignored.
  ///   - limit: The number of pixels above which it is downscaled.
  /// - Throws: ``ImageError``.
  init(_ bytes: [UInt8], downscaledAbove limit: Int) throws(ImageError) {
    header = try JPEGHeader(bytes)
    self.bytes = bytes
    reduction = header.reduction(above: limit)
  }

  var task: DecodingTask {
    .jpeg(
      width: header.width, height: header.height, components: header.components,
      reduction: reduction)
  }

  var pieces: EncodedPieces { EncodedPieces(bytes: bytes, ranges: [0..<bytes.count]) }

  /// Makes a bitmap, with one channel or three.
  func bitmap(_ samples: UnsafeRawBufferPointer) -> Bitmap {
    let size = Image.size(width: header.width, height: header.height, reducedBy: reduction)
    let isPrint = header.components == 4
    let samples = unsafe Array(samples)
    return Bitmap(
      isPrint ? Self.rgb(ofInvertedCMYK: samples) : samples, width: size.width,
      height: size.height, channels: isPrint ? 3 : header.components,
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
