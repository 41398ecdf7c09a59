package import Sandbox

/// The decompressed bytes of a range of a file, from its beginning to its end.
///
/// zlib runs in a sandboxed process, unless the caller wants it here.
package final class InflatedStream {
  private enum Place {
    case here(Inflation)
    case there(SandboxedProcess)
  }

  private let range: CompressedRange
  private let place: Place
  private var isFirst = true

  /// Decompresses in this process.
  ///
  /// - Parameter range: The compressed data.
  /// - Throws: ``InflationError/notStarted(_:)``.
  package init(_ range: CompressedRange) throws(InflationError) {
    self.range = range
    place = .here(try Inflation(range))
  }

  /// Decompresses in a sandboxed process.
  ///
  /// - Parameters:
  ///   - range: The compressed data.
  ///   - process: The process, which decompresses nothing else until the end of this stream.
  package init(_ range: CompressedRange, in process: SandboxedProcess) {
    self.range = range
    place = .there(process)
  }

  /// Decompresses until the output is full or the data ends.
  ///
  /// - Parameters:
  ///   - output: The memory for the next bytes.
  ///   - readFile: Gives bytes of the file.
  /// - Returns: The number of bytes, which is smaller than the output only at the end.
  /// - Throws: ``InflationError``; then nothing more can be decompressed.
  package func fill(
    _ output: UnsafeMutableRawBufferPointer, readingFile readFile: SandboxedProcess.FileReader
  ) throws(InflationError) -> Int {
    switch place {
    case .here(let inflation): return try unsafe inflation.fill(output, readingFile: readFile)
    case .there(let process):
      var filled = 0
      while filled < output.count {
        let part = unsafe UnsafeMutableRawBufferPointer(
          rebasing: output[filled..<min(filled + InflationRequest.outputBytes, output.count)])
        let count = try unsafe fill(part, in: process, readFile)
        filled += count
        guard count == part.count else { break }
      }
      return filled
    }
  }

  private func fill(
    _ output: UnsafeMutableRawBufferPointer, in process: SandboxedProcess,
    _ readFile: SandboxedProcess.FileReader
  ) throws(InflationError) -> Int {
    var message = MessageWriter()
    message.write(InflationRequest(range: isFirst ? range : nil, outputBytes: output.count))
    isFirst = false
    let result: Result<Int, InflationError>
    do throws(SandboxError) {
      result = try unsafe process.call(
        inflateRange, message.bytes, seconds: patience, readingFile: readFile
      ) { (answer, bytes) throws(SandboxError) in
        if let error = try answer.readOptional({ (message) throws(SandboxError) in
          try message.read() as InflationError
        }) {
          return .failure(error)
        }
        guard bytes.count <= output.count else { throw .malformed }
        unsafe output.copyMemory(from: bytes)
        return .success(bytes.count)
      }
    } catch {
      throw InflationError(error)
    }
    return try result.get()
  }

  /// The processor time in seconds that one answer may take: all of the data may have to be read
  /// for it, because there are blocks without content.
  private var patience: Double { 0.8 + Double(range.count >> 20) / 64 }
}
