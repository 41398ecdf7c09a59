import Sandbox
import Synchronization

/// A sandboxed process that a file has taken over: it answers what the file wants.
final class Impostor: Respondent {
  private let rest: Mutex<ArraySlice<UInt8>>

  init(_ answers: [UInt8]) { rest = Mutex(answers[...]) }

  func call<Result>(
    _ program: SandboxedProgram.Creator, _ request: [UInt8], seconds: Double,
    readingFile readFile: SandboxedProcess.FileReader,
    _ body: (
      _ answer: inout MessageReader, _ elements: UnsafeRawBufferPointer
    ) throws(SandboxError) -> Result
  ) throws(SandboxError) -> Result {
    var answer = MessageReader(try take().bytes)
    var elements = try take()
    if elements.length == 0xFFFF, request.count >= 8 {
      // The last number of a request for elements is that of their bytes.
      let count = request.suffix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      elements.bytes = [UInt8](repeating: 0, count: min(max(0, count), 1 << 20))
    }
    let outcome = unsafe elements.bytes.withUnsafeBytes { bytes in
      Swift.Result { () throws(SandboxError) in try unsafe body(&answer, bytes) }
    }
    return try outcome.get()
  }

  private func take() throws(SandboxError) -> (length: Int, bytes: [UInt8]) {
    try rest.withLock { rest throws(SandboxError) in
      guard rest.count >= 2 else { throw .malformed }
      let length = rest.prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(2)
      defer { rest = rest.dropFirst(length == 0xFFFF ? 0 : length) }
      return (length, Array(rest.prefix(length == 0xFFFF ? 0 : length)))
    }
  }
}
