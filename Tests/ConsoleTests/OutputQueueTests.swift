import Console
import Glibc
import Testing

@Suite("Output queue")
struct OutputQueueTests {
  /// A pipe of one page.
  private func makeSmallPipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    try #require(fcntl(ends[1], 1031, 4096) == 4096)  // F_SETPIPE_SZ
    return (ends[0], ends[1])
  }

  private func readAvailable(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  @Test("Bytes that a full pipe does not accept are kept, and written in order later")
  func fullPipe() throws {
    let (reading, writing) = try makeSmallPipe()
    defer { close(reading) }
    let queue = OutputQueue(writing, limit: .max)
    let lines = (0..<2000).map { "line \($0)\n" }
    lines.forEach(queue.write)
    #expect(queue.isPending)
    #expect(fcntl(writing, F_GETFL) & O_NONBLOCK == 0, "others that share the pipe must not notice")
    var received = ""
    while queue.isPending {
      received += readAvailable(reading)
      queue.flush()
    }
    received += readAvailable(reading)
    close(writing)
    #expect(received == lines.joined())
    #expect(queue.error == nil)
  }

  @Test("Messages beyond the limit are dropped, and a line reports how many")
  func limit() throws {
    let (reading, writing) = try makeSmallPipe()
    defer { close(reading) }
    let queue = OutputQueue(writing, limit: 1000)
    queue.write(String(repeating: "x", count: 5000))
    #expect(!queue.isPending, "a text beyond the limit is not kept")
    queue.write(String(repeating: "a", count: 900))
    queue.write(String(repeating: "b", count: 3990))
    var received = readAvailable(reading)
    queue.write("end\n")
    received += readAvailable(reading)
    close(writing)
    #expect(
      received == "(1 message was dropped because they were not read in time)\n"
        + String(repeating: "a", count: 900)
        + "(1 message was dropped because they were not read in time)\nend\n")
  }

  @Test("Draining ends when its condition returns false")
  func impatient() throws {
    let (reading, writing) = try makeSmallPipe()
    defer {
      close(reading)
      close(writing)
    }
    let queue = OutputQueue(writing, limit: .max)
    queue.write(String(repeating: "x", count: 5000))
    var patience = 2
    queue.drain {
      patience -= 1
      return patience > 0
    }
    #expect(patience == 0)
    #expect(queue.isPending)
  }

  @Test("A pipe without a reader is one error, and gets no more bytes")
  func closedPipe() throws {
    prepareStandardStreams()
    let (reading, writing) = try makeSmallPipe()
    let queue = OutputQueue(writing, limit: .max)
    close(reading)
    queue.write("x")
    #expect(queue.error == .closedPipe)
    #expect(!queue.isPending)
    close(writing)
  }

  @Test("A file gets all bytes at once")
  func file() throws {
    let full = unsafe open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let queue = OutputQueue(full, limit: .max)
    queue.write("x")
    #expect(queue.error == .failed(errno: ENOSPC))
  }
}
