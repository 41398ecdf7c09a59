import CZlib

/// Unpacks deflated data, a block at a time.
struct Inflater: ~Copyable {
  /// Whether the end of the data has been seen.
  private(set) var isFinished = false

  /// On the heap because zlib keeps the address of the stream and compares it.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(ZipError.Cause) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Negative: no header and no checksum around the data.
    let status = inflateInit2_(stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw .fileUnreadable("zlib cannot start (status \(status))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks the next bytes.
  ///
  /// - Parameters:
  ///   - input: The next bytes, all of which are used.
  ///   - output: Memory for the result.
  ///   - body: Receives the result, each time that the memory is full and at the end.
  /// - Throws: The cause, if the data is wrong or longer than it says, and what `body` throws.
  mutating func inflate(
    _ input: UnsafeRawBufferPointer, through output: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws(ZipError.Cause) -> Void
  ) throws(ZipError.Cause) {
    guard !isFinished else { throw .damaged("something follows its packed data") }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
    stream.pointee.avail_in = uInt(input.count)
    while true {
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_out = uInt(output.count)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      let count = output.count - Int(stream.pointee.avail_out)
      if count > 0 { try body(UnsafeRawBufferPointer(rebasing: output[..<count])) }
      switch status {
      case Z_STREAM_END:
        isFinished = true
        guard stream.pointee.avail_in == 0 else {
          throw .damaged("something follows its packed data")
        }
        return
      case Z_OK where stream.pointee.avail_out == 0:
        continue
      case Z_OK, Z_BUF_ERROR:
        // All input is used, and all that it makes has been handed on.
        return
      default:
        let cause = stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
        throw .damaged("its packed data is wrong: \(cause)")
      }
    }
  }
}
