/// What answers requests: a sandboxed process, or what stands in its place in tests.
package protocol Respondent: AnyObject, Sendable {
  /// Sends a request and waits for the answer; see ``SandboxedProcess``.
  func call<Result>(
    _ program: SandboxedProgram.Creator, _ request: [UInt8], seconds: Double,
    readingFile readFile: SandboxedProcess.FileReader,
    _ body: (
      _ answer: inout MessageReader, _ elements: UnsafeRawBufferPointer
    ) throws(SandboxError) -> Result
  ) throws(SandboxError) -> Result
}
