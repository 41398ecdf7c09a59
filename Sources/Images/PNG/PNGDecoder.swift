internal import CPNG

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
  /// - Returns: The samples, in native byte order.
  /// - Throws: ``ImageError/Reason/damaged(_:_:)`` with libpng's message.
  static func decode<Sample: UnsignedInteger & FixedWidthInteger>(
    _ filtered: ChunkFilter, as type: Sample.Type, channels: Int, reducedBy reduction: Int
  ) throws(ImageError) -> [Sample] {
    let header = filtered.header
    let size = Image.size(width: header.width, height: header.height, reducedBy: reduction)
    let count = size.width * size.height * channels
    var failure: String?
    let samples = unsafe [Sample](unsafeUninitializedCapacity: count) { buffer, filled in
      failure = unsafe decode(
        filtered, bits: Sample.bitWidth, channels: channels, reducedBy: reduction,
        into: UnsafeMutableRawBufferPointer(buffer))
      filled = failure == nil ? count : 0
    }
    if let failure { throw ImageError(.damaged(.png, failure)) }
    return samples
  }

  /// Fills a buffer with all samples, or returns libpng's error message.
  private static func decode(
    _ filtered: ChunkFilter, bits: Int, channels: Int, reducedBy reduction: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> String? {
    let header = filtered.header
    let isReduced = reduction > 1
    let size = Image.size(width: header.width, height: header.height, reducedBy: reduction)
    var row = [UInt16](repeating: 0, count: isReduced ? 4 * header.width : 0)
    var sums = [UInt64](repeating: 0, count: isReduced ? 4 * size.width : 0)
    var columns = [UInt16](repeating: 0, count: isReduced ? 3 * header.width : 0)
    return unsafe filtered.bytes.withUnsafeBufferPointer { bytes in
      var pieces = unsafe filtered.pieces.map { piece in
        let part = unsafe UnsafeBufferPointer(rebasing: bytes[piece])
        return unsafe cpng_piece(bytes: part.baseAddress, count: part.count)
      }
      return unsafe pieces.withUnsafeMutableBufferPointer { pieces in
        var source = unsafe cpng_source()
        unsafe source.next = pieces.baseAddress
        unsafe source.left = pieces.count
        guard
          unsafe cpng_decode(
            &source, UInt32(header.width), UInt32(header.height), CInt(bits), CInt(channels),
            UInt32(reduction), &row, &sums, &columns, buffer.baseAddress) == 0
        else { return nil }
        return unsafe withUnsafeBytes(of: source.message) { message in
          unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        }
      }
    }
  }
}
