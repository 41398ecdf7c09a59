import Files
import Glibc
import HDF5
import Testing

/// A source that simulates, inside a call of libhdf5, what libhdf5 does with some damaged files.
private final class Fault: FileSource {
  let size: Int
  private let bytes: [UInt8]
  private let fault: @Sendable () -> Void

  init(_ bytes: [UInt8], _ fault: @escaping @Sendable () -> Void) {
    (self.bytes, size, self.fault) = (bytes, bytes.count, fault)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    unsafe buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
    // The head is read before libhdf5 is called.
    if offset > 0 || buffer.count > 200 || buffer.count < 64 { fault() }
  }
}

@Suite("Faults inside libhdf5")
struct DamageGuardTests {
  /// Opens an intact file and simulates a fault while libhdf5 reads it.
  private static func open(guarded: Bool, fault: @escaping @Sendable () -> Void) throws {
    if guarded { DamageGuard.install(program: "test", exitStatus: 65, patience: 1) }
    let writer = try File.create()
    try writer.root.write([1, 2, 3] as [Float], shape: [3], to: "a/b")
    let bytes = try unsafe writer.finish().withUnsafeBytes { unsafe Array($0) }
    let file = try File.open(Fault(bytes, fault), named: "x.h5")
    _ = try file.dataset(at: "a/b").read(as: Float.self)
  }

  @Test("A crash ends the program with a message and the exit status")
  func crash() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(65), observing: [\.standardErrorContent]
    ) {
      try Self.open(guarded: true) { raise(SIGSEGV) }
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).hasSuffix(
        "test: error: Cannot read 'x.h5': libhdf5 crashed while reading it; the file is probably "
          + "damaged\n"
      ))
  }

  @Test("So does an abort")
  func abort() async {
    await #expect(processExitsWith: .exitCode(65)) {
      try Self.open(guarded: true) { Glibc.abort() }
    }
  }

  @Test("A call that does not finish is ended")
  func hang() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(65), observing: [\.standardErrorContent]
    ) {
      try Self.open(guarded: true) { while true { _ = getpid() } }
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).hasSuffix(
        "Cannot read 'x.h5': libhdf5 did not finish reading it; the file is probably damaged\n"))
  }

  @Test("A crash outside libhdf5 is not reported as damage")
  func elsewhere() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      try Self.open(guarded: true) {}
      raise(SIGSEGV)
    }
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      try Self.open(guarded: false) { raise(SIGSEGV) }
    }
  }

  @Test("Long work outside libhdf5 is not ended")
  func patience() async {
    await #expect(processExitsWith: .exitCode(3)) {
      try Self.open(guarded: true) {}
      let start = clock()
      while clock() - start < 3 * Int(CLOCKS_PER_SEC) {}
      exit(3)
    }
  }
}
