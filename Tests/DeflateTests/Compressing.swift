import CZlib
import Testing

/// Compresses bytes.
///
/// - Parameters:
///   - bytes: The bytes.
///   - windowBits: 31 for gzip, -15 for the data of a member of a zip archive.
/// - Returns: The compressed bytes.
func compress(_ bytes: [UInt8], windowBits: CInt) -> [UInt8] {
  var stream = unsafe z_stream()
  unsafe deflateInit2_(
    &stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    CInt(MemoryLayout<z_stream>.size))
  defer { unsafe deflateEnd(&stream) }
  var bytes = bytes
  var result = [UInt8](repeating: 0, count: bytes.count + 100)
  let count = unsafe bytes.withUnsafeMutableBufferPointer { input in
    unsafe result.withUnsafeMutableBufferPointer { output in
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = uInt(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = uInt(output.count)
      unsafe #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      return unsafe output.count - Int(stream.avail_out)
    }
  }
  return Array(result.prefix(count))
}
