/// The parts of a file that a library for pictures gets, one after the other.
struct EncodedPieces {
  /// The bytes of the file.
  let bytes: [UInt8]
  /// The ranges of them.
  let ranges: [Range<Int>]

  /// The number of bytes of all pieces.
  var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// The bytes of all pieces.
  var joined: [UInt8] { ranges == [0..<bytes.count] ? bytes : ranges.flatMap { bytes[$0] } }

  /// Copies bytes, counted from the beginning of the first piece.
  ///
  /// - Returns: False if there are not as many.
  func copy(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var (start, done) = (0, 0)
    for range in ranges where done < buffer.count {
      let skipped = max(0, offset + done - start)
      let count = min(range.count - skipped, buffer.count - done)
      if count > 0 {
        unsafe bytes.withUnsafeBytes { bytes in
          let first = range.lowerBound + skipped
          unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first..<first + count]))
        }
        done += count
      }
      start += range.count
    }
    return done == buffer.count
  }
}
