import Sandbox

/// A request for the next bytes of a stream.
struct InflationRequest: Transferable {
  /// The compressed data, where a stream begins; `nil` for the next bytes.
  let range: CompressedRange?
  /// The number of bytes that fit.
  let outputBytes: Int

  /// The maximum number of bytes in an answer; the pages of more are given back after each.
  static let outputBytes = 1 << 20

  init(range: CompressedRange?, outputBytes: Int) {
    (self.range, self.outputBytes) = (range, outputBytes)
  }

  func write(to message: inout MessageWriter) {
    message.write(range) { $0.write($1) }
    message.write(outputBytes)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    range = try message.readOptional { (message) throws(SandboxError) in try message.read() }
    outputBytes = try message.readSize()
  }
}

/// Decompresses in a sandboxed process.
let inflateRange: SandboxedProgram.Creator = {
  var inflation: Inflation?
  return unsafe SandboxedProgram { bytes, channel in
    var message = MessageReader(bytes)
    guard let request = try? InflationRequest(from: &message),
      unsafe request.outputBytes <= channel.elements.count
    else { return ([], 0) }
    var answer = MessageWriter()
    var count = 0
    var failure: InflationError?
    do throws(InflationError) {
      if let range = request.range { inflation = try Inflation(range) }
      guard let inflation else { return ([], 0) }
      count = try unsafe inflation.fill(
        UnsafeMutableRawBufferPointer(rebasing: channel.elements[..<request.outputBytes]),
        readingFile: { unsafe channel.read(into: $0, at: $1) })
    } catch {
      failure = error
    }
    answer.write(failure) { $0.write($1) }
    return (answer.bytes, failure == nil ? count : 0)
  }.retained
}
