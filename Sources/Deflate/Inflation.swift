import Sandbox

/// Decompresses a range of a file from its beginning to its end.
@safe
final class Inflation {
  /// The number of compressed bytes that are read at a time.
  private static let inputBytes = 256 << 10

  private let range: CompressedRange
  private var inflater: Inflater
  private let input: UnsafeMutableRawBufferPointer
  /// The number of compressed bytes that were read.
  private var position = 0
  private var isFinished = false

  init(_ range: CompressedRange) throws(InflationError) {
    self.range = range
    do throws(Inflater.Failure) {
      inflater = try Inflater(range.form == .gzip ? .gzip : .raw)
    } catch {
      throw InflationError(error)
    }
    unsafe input = .allocate(byteCount: Self.inputBytes, alignment: 16)
  }

  deinit { unsafe input.deallocate() }

  /// Decompresses until the output is full or the data ends.
  ///
  /// - Parameters:
  ///   - output: The memory for the next bytes.
  ///   - readFile: Gives bytes of the file.
  /// - Returns: The number of bytes, which is smaller than the output only at the end.
  /// - Throws: ``InflationError``; then nothing more can be decompressed.
  func fill(
    _ output: UnsafeMutableRawBufferPointer, readingFile readFile: SandboxedProcess.FileReader
  ) throws(InflationError) -> Int {
    var filled = 0
    while filled < output.count, !isFinished {
      if inflater.nextByte == nil { try unsafe refill(readFile) }
      do throws(Inflater.Failure) {
        unsafe filled += try inflater.fill(
          UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
      } catch {
        throw InflationError(error)
      }
      if inflater.isFinished {
        try unsafe endMember(readFile)
      } else if filled < output.count, position == range.count, inflater.nextByte == nil {
        throw .truncated
      }
    }
    return filled
  }

  /// Reads more compressed bytes, if there are any.
  private func refill(_ readFile: SandboxedProcess.FileReader) throws(InflationError) {
    let count = unsafe min(input.count, range.count - position)
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: input[..<count])
    if count > 0, let reason = unsafe readFile(part, range.start + position) {
      throw .unreadable(reason)
    }
    position += count
    unsafe inflater.setInput(UnsafeRawBufferPointer(part))
  }

  /// Ends, or starts the next member of gzip data.
  private func endMember(_ readFile: SandboxedProcess.FileReader) throws(InflationError) {
    if inflater.nextByte == nil { try unsafe refill(readFile) }
    guard let next = inflater.nextByte else {
      isFinished = true
      return
    }
    // 0x1F is the first byte of each member: RFC 1952, section 2.3.1.
    guard range.form == .gzip, next == 0x1F else { throw .excess }
    inflater.restart()
  }
}

extension InflationError {
  fileprivate init(_ failure: Inflater.Failure) {
    switch failure {
    case .start(let status): self = .notStarted("zlib cannot start (status \(status))")
    case .damaged(let reason): self = .damaged(reason)
    }
  }
}
