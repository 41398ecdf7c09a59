internal import Files

/// Decodes many pictures to bitmaps, one at a time.
///
/// It does what ``Image/decode(_:)`` does, with memory that is used again and without widening
/// samples of 8 bits.
package struct PictureDecoder: ~Copyable {
  private let jpeg: JPEGDecoder

  /// Creates a decoder for one thread.
  ///
  /// - Throws: ``ImageError`` if there is not enough memory.
  package init() throws(ImageError) { jpeg = try JPEGDecoder() }

  /// Decodes a PNG or JPEG in memory.
  ///
  /// - Parameter bytes: A complete file. Bytes after its end are ignored.
  /// - Returns: The picture, upright; samples of 16 bits are rounded to 8.
  /// - Throws: ``ImageError`` as ``Image/decode(_:)``.
  package func decode(_ bytes: [UInt8]) throws(ImageError) -> Bitmap {
    let format = try ImageFormat(of: bytes)
    guard bytes.count <= InputFile.maximumByteCount else { throw ImageError(.tooManyBytes) }
    switch format {
    case .jpeg: return try jpeg.decode(bytes)
    case .png:
      let filtered = try ChunkFilter(bytes)
      let header = filtered.header
      let limit = Image.maximumDecodedPixelCount
      guard header.depth <= 8, header.reduction(above: limit) == 1 else {
        return Bitmap(try Image.decodePNG(bytes, downscaledAbove: limit))
      }
      let channels = filtered.channels
      return Bitmap(
        try PNGDecoder.decode(filtered, as: UInt8.self, channels: channels, reducedBy: 1),
        width: header.width, height: header.height, channels: channels,
        orientation: filtered.orientation, reduction: 1)
    }
  }
}

extension ChunkFilter {
  /// The number of channels after the palette and tRNS have been expanded.
  fileprivate var channels: Int {
    (header.colorType == .palette ? 3 : header.colorType.channels) + (hasTransparency ? 1 : 0)
  }
}
