import CZlib

/// A gzip file, decompressed incrementally.
///
/// Consecutive members are concatenated, as by `gunzip`. Other data after a member is an error.
struct Gunzip: ~Copyable {
  private let file: InputFile
  private let input: UnsafeMutableRawBufferPointer
  private var isFinished = false

  /// On the heap, because zlib stores and checks the address of the stream.
  private let stream: UnsafeMutablePointer<z_stream>

  init(_ file: consuming InputFile) throws(DatasetError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 is the largest window; adding 16 selects the gzip format and verifies its checksum.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw .unreadable(path: file.path, reason: "zlib cannot start (status \(status))")
    }
    input = .allocate(byteCount: 1 << 16, alignment: 1)
    self.file = file
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Reads until `output` is full or the content ends, and returns the number of bytes read.
  mutating func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    var filled = 0
    while filled < output.count && !isFinished {
      if stream.pointee.avail_in == 0 { try refill() }
      // zlib counts in 32 bits, so larger buffers are filled in several rounds.
      let room = min(output.count - filled, 1 << 30)
      stream.pointee.next_out = output.baseAddress?.advanced(by: filled)
        .assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_out = uInt(room)
      let status = inflate(stream, Z_NO_FLUSH)
      filled += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK:
        break
      case Z_STREAM_END:
        try startNextMember()
      case Z_BUF_ERROR where stream.pointee.avail_in == 0:
        throw .damaged(path: file.path, reason: "its gzip data ends too early")
      default:
        let cause = stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
        throw .damaged(path: file.path, reason: "its gzip data is damaged: \(cause)")
      }
    }
    return filled
  }

  /// Reads more compressed bytes; leaves none available at the end of the file.
  private mutating func refill() throws(DatasetError) {
    let count = try file.read(into: input)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_in = uInt(count)
  }

  /// Starts the next member; throws unless the file ends or another member follows.
  private mutating func startNextMember() throws(DatasetError) {
    if stream.pointee.avail_in == 0 { try refill() }
    guard stream.pointee.avail_in > 0 else {
      isFinished = true
      return
    }
    guard stream.pointee.next_in.pointee == 0x1f else {
      throw .damaged(path: file.path, reason: "something else follows its gzip data")
    }
    inflateReset(stream)
  }
}
