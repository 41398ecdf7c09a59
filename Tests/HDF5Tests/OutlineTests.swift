import Files
import HDF5
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite("Requests to the sandboxed process")
struct OutlineTests {
  /// A sandboxed process whose requests are counted.
  private final class Counter: Respondent {
    private let process: SandboxedProcess
    private let requests = Mutex(0)

    init() throws { process = try SandboxedProcess() }

    /// The number of requests so far.
    var count: Int { requests.withLock { $0 } }

    func call<Result>(
      _ program: SandboxedProgram.Creator, _ request: [UInt8], seconds: Double,
      readingFile readFile: SandboxedProcess.FileReader,
      _ body: (
        _ answer: inout MessageReader, _ elements: UnsafeRawBufferPointer
      ) throws(SandboxError) -> Result
    ) throws(SandboxError) -> Result {
      requests.withLock { $0 += 1 }
      return try unsafe process.call(
        program, request, seconds: seconds, readingFile: readFile, body)
    }
  }

  /// Writes a file, and reads it through a sandboxed process whose requests are counted.
  private func reopen(
    _ write: (borrowing GroupWriter) throws -> Void,
    _ read: (borrowing File, Counter) throws -> Void
  ) throws {
    let writer = try File.create()
    try write(writer.root)
    let content = bytes(try writer.finish())
    try withTemporaryDirectory { directory in
      let path = "\(directory)/x.h5"
      try writeBytes(content, to: path)
      let counter = try Counter()
      let limits = Limits(membersPerGroup: 30_000)
      try read(
        File.open(DiskFile(path), named: path, limits: limits, answeredBy: counter), counter)
    }
  }

  @Test("Objects of a file that has more than the first answer are asked for many at a time")
  func asksForManyObjects() throws {
    let count = 21_000
    try reopen { root throws in
      for index in 0..<count { try root.write(Int64(index), to: "g/\(index)") }
    } _: { file, counter throws in
      let group = try file.group(at: "g")
      for _ in 0..<2 {
        for index in 0..<count { #expect(try group.dataset(at: "\(index)").path == "/g/\(index)") }
      }
      // One for each object would be 42,000; a slow machine gets fewer objects with an answer.
      #expect(counter.count < 400)
      #expect(try group.dataset(at: "20999").read(as: Int64.self) == [20_999])
      #expect(try !group.contains("21000"))
    }
  }

  @Test("Members of many groups are asked for together")
  func asksForManyGroups() throws {
    let count = 11_000
    try reopen { root throws in
      for index in 0..<count { try root.write(Int64(index), to: "g/\(index)/v") }
    } _: { file, counter throws in
      let group = try file.group(at: "g")
      for member in try group.members {
        #expect(try group.group(at: member.name).dataset(at: "v").path == "/g/\(member.name)/v")
      }
      #expect(counter.count < 400)
      #expect(try file.dataset(at: "g/10999/v").read(as: Int64.self) == [10_999])
    }
  }

  @Test("All attributes of an object come with the first answer")
  func knowsManyAttributes() throws {
    try reopen { root throws in
      for index in 0..<3000 { try root.setAttribute("a\(index)", .int(Int64(index))) }
    } _: { file, counter throws in
      let names = try file.root.attributeNames
      #expect(names == (0..<3000).map { "a\($0)" }.sorted())
      for name in names {
        #expect(try file.root.attribute(name) == .int(Int64(name.dropFirst()) ?? -1))
      }
      #expect(try file.root.attribute("a3000") == nil)
      #expect(counter.count == 1)
    }
  }
}
