import CZlib

/// Decompresses deflated data, step by step.
@safe
package struct Inflater: ~Copyable {
  /// The format around the deflated data.
  package enum Format: CInt {
    /// None: the data of a zip archive.
    case raw = -15
    /// The header and the checksum of zlib, which are verified.
    case zlib = 15
    /// The header and the checksum of gzip, which are verified.
    ///
    /// 15 is the largest window; adding 16 selects the format.
    case gzip = 31
  }

  /// An error of zlib.
  package enum Failure: Error, Equatable {
    /// zlib cannot start: there is not enough memory.
    case start(status: CInt)

    /// The data is damaged.
    case damaged(String)
  }

  /// Whether the end of the data was reached.
  package private(set) var isFinished = false

  /// The next byte of the input; `nil` if all of it is used.
  package var nextByte: UInt8? {
    unsafe stream.pointee.avail_in > 0 ? stream.pointee.next_in.pointee : nil
  }

  /// On the heap, because zlib stores and checks the address of the stream.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Starts.
  ///
  /// - Parameter format: The format around the data.
  /// - Throws: ``Failure/start(status:)``.
  package init(_ format: Format) throws(Failure) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe inflateInit2_(
      stream, format.rawValue, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      unsafe stream.deallocate()
      throw .start(status: status)
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Sets the next part of the input, after the last one was used.
  ///
  /// - Parameter input: Less than 4 GiB, which must stay valid until it is used.
  package mutating func setInput(_ input: UnsafeRawBufferPointer) {
    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
    unsafe stream.pointee.avail_in = uInt(input.count)
  }

  /// Decompresses until `output` is full, the input is used, or the data ends.
  ///
  /// - Parameter output: The memory for the result, not empty.
  /// - Returns: The number of bytes of the result.
  /// - Throws: ``Failure/damaged(_:)``.
  package mutating func fill(_ output: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var filled = 0
    while filled < output.count, !isFinished {
      // zlib counts in 32 bits, so that large buffers are filled in several rounds.
      let room = min(output.count - filled, 1 << 30)
      unsafe stream.pointee.next_out = unsafe output.baseAddress?.advanced(by: filled)
        .assumingMemoryBound(to: Bytef.self)
      unsafe stream.pointee.avail_out = uInt(room)
      let status = unsafe inflate(stream, Z_NO_FLUSH)
      unsafe filled += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END: isFinished = true
      case Z_OK where unsafe stream.pointee.avail_out == 0: continue
      case Z_OK, Z_BUF_ERROR: return filled
      default:
        throw unsafe .damaged(
          stream.pointee.msg.map { unsafe String(cString: $0) } ?? "status \(status)")
      }
    }
    return filled
  }

  /// Starts again with the rest of the input.
  package mutating func restart() {
    unsafe inflateReset(stream)
    isFinished = false
  }
}
