import Console
import Glibc
import Testing

@Suite("Writing to a stream")
struct OutputTests {
  @Test("No byte is lost or repeated by short writes and interruptions")
  func shortWrites() throws {
    let answers: [(Int, Int32)] = [(3, 0), (-1, EINTR), (1, 0), (-1, EAGAIN), (-1, EINTR), (99, 0)]
    var calls = 0
    var waits = 0
    var received: [UInt8] = []
    try writeAll("0123456789".utf8) { rest in
      let (count, code) = answers[calls]
      calls += 1
      received += rest.prefix(max(count, 0))
      return (min(count, rest.count), code)
    } wait: {
      waits += 1
    }
    #expect(String(decoding: received, as: UTF8.self) == "0123456789")
    #expect(calls == answers.count)
    #expect(waits == 1)
  }

  @Test("A device that accepts no bytes without an error does not hang the program")
  func zeroWrites() {
    #expect(throws: OutputError.failed(errno: EIO)) {
      try writeAll([1]) { _ in
        (0, 0)
      } wait: {
      }
    }
  }

  @Test("A full disk is an I/O error with the system's message")
  func fullDisk() throws {
    let full = unsafe open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let error = #expect(throws: OutputError.self) { try write("x", to: full) }
    #expect(error == .failed(errno: ENOSPC))
    #expect(error?.exitStatus == .ioError)
    #expect(error?.description == "Cannot write to standard output: No space left on device")
  }

  @Test("A pipe without a reader ends the program with success")
  func closedPipe() throws {
    prepareStandardStreams()
    let (reading, writing) = try makePipe()
    close(reading)
    defer { close(writing) }
    let error = #expect(throws: OutputError.self) { try write("x", to: writing) }
    #expect(error == .closedPipe)
    #expect(error?.exitStatus == .success)
  }

  @Test("A non-blocking pipe gets more bytes than it holds, complete and in order")
  func nonBlockingPipe() throws {
    let (reading, writing) = try makePipe()
    defer { close(reading) }
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    let text = (0..<60_000).map { "line \($0)\n" }.joined()
    let reader = Reader(reading)
    try write(text, to: writing)
    close(writing)
    #expect(reader.wait().elementsEqual(text.utf8))
  }

  @Test("Nothing is written for an empty text")
  func emptyText() throws {
    try write("", to: -1)
  }
}

/// A thread that reads a pipe to its end.
///
/// Not a task: it must run beside a writer that blocks, even where tasks have one thread only.
private final class Reader {
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  private var thread = pthread_t()

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    let context = unsafe Unmanaged.passRetained(self).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let reader = unsafe Unmanaged<Reader>.fromOpaque(context).takeRetainedValue()
        reader.bytes = readAll(reader.descriptor)
        return nil
      }, context)
    precondition(code == 0, "a thread cannot be created: error \(code)")
  }

  func wait() -> [UInt8] {
    pthread_join(thread, nil)
    return bytes
  }
}

private func makePipe() throws -> (reading: Int32, writing: Int32) {
  var ends: [Int32] = [-1, -1]
  try #require(unsafe pipe(&ends) == 0)
  return (ends[0], ends[1])
}

@Suite("Error messages")
struct DiagnosticTests {
  @Test("An error is one line with the program's name, and its hint is another one")
  func error() {
    let error = Diagnostic(
      .error, program: "train", message: "Cannot open 'a.h5': No such file or directory")
    #expect(
      error.rendered(color: false)
        == "train: error: Cannot open 'a.h5': No such file or directory\n")
    let hinted = Diagnostic(.error, program: "train", message: "No data", hint: "Pass --data DIR")
    #expect(
      hinted.rendered(color: false) == "train: error: No data\ntrain: hint: Pass --data DIR\n")
  }

  @Test("Only the lines of a list, which are indented, are lines of their own")
  func lists() {
    let error = Diagnostic(
      .error, program: "predict",
      message: "'a\n.h5' does not match the model:\n  - d1\n/bias is missing"
        + "\n  - d2/bias is missing")
    #expect(
      error.rendered(color: false) == """
        predict: error: 'a\\n.h5' does not match the model:
          - d1\\n/bias is missing
          - d2/bias is missing

        """)
  }

  @Test("Only the words error, warning and hint are coloured")
  func colors() {
    let error = Diagnostic(.error, program: "train", message: "No", hint: "Yes")
    #expect(
      error.rendered(color: true)
        == "train: \u{1B}[31merror:\u{1B}[39m No\ntrain: \u{1B}[36mhint:\u{1B}[39m Yes\n")
    let warning = Diagnostic(.warning, program: "train", message: "Hm")
    #expect(warning.rendered(color: true) == "train: \u{1B}[33mwarning:\u{1B}[39m Hm\n")
    #expect(warning.rendered(color: false) == "train: warning: Hm\n")
  }

  @Test("A name from a file cannot affect the terminal")
  func hostileNames() {
    let error = Diagnostic(
      .error, program: "a\u{1B}", message: "Cannot open '\u{1B}[2J\r'", hint: "\u{202E}x")
    #expect(
      error.rendered(color: false)
        == "a\\x1B: error: Cannot open '\\x1B[2J\\r'\na\\x1B: hint: \\u{202E}x\n")
  }
}
