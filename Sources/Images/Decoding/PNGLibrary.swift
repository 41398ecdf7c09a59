internal import CPNG

/// Decodes the samples of a PNG with libpng.
enum PNGLibrary {
  /// Fills a buffer with all samples; the parameters are those of ``DecodingTask``.
  ///
  /// - Returns: libpng's message if it fails.
  static func decode(
    width: Int, height: Int, bits: Int, channels: Int, reduction: Int,
    from source: LibraryDecoder.Source, into buffer: UnsafeMutableRawBufferPointer
  ) -> String? {
    let isReduced = reduction > 1
    let size = Image.size(width: width, height: height, reducedBy: reduction)
    var row = [UInt16](repeating: 0, count: isReduced ? 4 * width : 0)
    var sums = [UInt64](repeating: 0, count: isReduced ? 4 * size.width : 0)
    var columns = [UInt16](repeating: 0, count: isReduced ? 3 * width : 0)
    return unsafe withoutActuallyEscaping(source) { source in
      var source = unsafe source
      return unsafe withUnsafeMutablePointer(to: &source) { source in
        var input = unsafe cpng_source()
        unsafe input.context = UnsafeMutableRawPointer(source)
        unsafe input.next = { context, piece in
          guard
            let source = unsafe context?.assumingMemoryBound(to: LibraryDecoder.Source.self),
            let next = unsafe source.pointee()
          else { return 0 }
          unsafe piece?.pointee = cpng_piece(
            bytes: next.baseAddress?.assumingMemoryBound(to: UInt8.self), count: next.count)
          return unsafe next.isEmpty ? 0 : 1
        }
        guard
          unsafe cpng_decode(
            &input, UInt32(width), UInt32(height), CInt(bits), CInt(channels), UInt32(reduction),
            &row, &sums, &columns, buffer.baseAddress) == 0
        else { return nil }
        return unsafe withUnsafeBytes(of: input.message) { message in
          unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        }
      }
    }
  }
}
