/// Decodes the pixels of a PNG with libpng.
enum PNGDecoder {
  /// Decodes the pixels.
  ///
  /// - Parameters:
  ///   - filtered: The PNG.
  ///   - type: The type of the samples: `UInt16` for 16-bit RGBA, `UInt8` for the file's own
  ///     channels with 8 bits each.
  ///   - channels: The number of channels: 4, or those of the file.
  ///   - reduction: The downscaling factor, 1 for samples of 8 bits.
  ///   - decoder: The decoder of the samples.
  /// - Returns: The samples, in native byte order.
  /// - Throws: ``ImageError/Reason/damaged(_:_:)`` with libpng's message.
  static func decode<Sample: UnsignedInteger & FixedWidthInteger & BitwiseCopyable>(
    _ filtered: ChunkFilter, as type: Sample.Type, channels: Int, reducedBy reduction: Int,
    with decoder: SampleDecoder
  ) throws(ImageError) -> [Sample] {
    let header = filtered.header
    let task = DecodingTask.png(
      width: header.width, height: header.height, bits: Sample.bitWidth, channels: channels,
      reduction: reduction)
    return try decoder.samples(
      task, of: EncodedPieces(bytes: filtered.bytes, ranges: filtered.pieces), as: type)
  }
}
