internal import Files
package import Sandbox

extension Bitmap {
  /// Decodes a PNG or JPEG in memory, as ``Image/decode(_:downscaledAbove:reader:)`` does, but
  /// without widening samples of 8 bits; those of 16 bits are rounded.
  ///
  /// - Parameters:
  ///   - bytes: A complete file. Bytes after its end are ignored.
  ///   - reader: The process that decodes.
  /// - Throws: ``ImageError`` as ``Image/decode(_:downscaledAbove:reader:)`` does.
  package init(decoding bytes: [UInt8], reader: Reader = .sandboxed) throws(ImageError) {
    let format = try ImageFormat(of: bytes)
    guard bytes.count <= InputFile.maximumByteCount else { throw ImageError(.tooManyBytes) }
    self = try SampleDecoder.withOne(reader) { (decoder) throws(ImageError) in
      switch format {
      case .jpeg: try JPEGDecoder.decode(bytes, with: decoder)
      case .png: try Bitmap(decodingPNG: bytes, with: decoder)
      }
    }
  }

  private init(decodingPNG bytes: [UInt8], with decoder: SampleDecoder) throws(ImageError) {
    let filtered = try ChunkFilter(bytes)
    let header = filtered.header
    let limit = Image.maximumDecodedPixelCount
    guard header.depth <= 8, header.reduction(above: limit) == 1 else {
      self.init(try Image.decodePNG(bytes, downscaledAbove: limit, with: decoder))
      return
    }
    let channels = filtered.channels
    self.init(
      try PNGDecoder.decode(
        filtered, as: UInt8.self, channels: channels, reducedBy: 1, with: decoder),
      width: header.width, height: header.height, channels: channels,
      orientation: filtered.orientation, reduction: 1)
  }
}

extension ChunkFilter {
  /// The number of channels after the palette and tRNS have been expanded.
  fileprivate var channels: Int {
    (header.colorType == .palette ? 3 : header.colorType.channels) + (hasTransparency ? 1 : 0)
  }
}
