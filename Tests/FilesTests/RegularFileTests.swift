import Files
import Glibc
import TestSupport
import Testing

@Suite("Regular files")
struct RegularFileTests {
  private func error(_ path: String) -> FileError? {
    do throws(FileError) {
      _ = try RegularFile(path)
      return nil
    } catch {
      return error
    }
  }

  @Test("Only regular files can be opened, and opening never blocks")
  func kinds() throws {
    try withTemporaryDirectory { directory in
      #expect(mkfifo("\(directory)/fifo", 0o600) == 0)
      #expect(
        error("\(directory)/fifo") == .unreadable("it is a FIFO, not a regular file"))
      #expect(error(directory) == .unreadable("it is a directory, not a regular file"))
      #expect(error("/dev/null") == .unreadable("it is a device, not a regular file"))
      #expect(error("\(directory)/none") == .notFound("No such file or directory"))
      #expect(error("\(directory)/fifo/a") == .notFound("Not a directory"))
      #expect(error("a\0b") == .notFound("the path contains a zero byte"))
    }
  }

  @Test("Reading stops at the end of the file")
  func reading() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a"
      try writeBytes([1, 2, 3, 4, 5], to: path)
      let file = try RegularFile(path)
      let size = file.size
      #expect(size == 5)
      let parts = (
        try file.bytes(2, at: 1), try file.bytes(10, at: 3), try file.bytes(10, at: 9)
      )
      #expect(parts == ([2, 3], [4, 5], []))
      let (whole, tooLong) = (try file.contents(limit: 5), try file.contents(limit: 4))
      #expect(whole == [1, 2, 3, 4, 5])
      #expect(tooLong == nil)
      let (identity, descriptor) = (file.identity, file.descriptor)
      #expect(try RegularFile(duplicating: descriptor).identity == identity)
      try writeBytes([UInt8](repeating: 7, count: 200_000), to: path)
      #expect(try RegularFile(path).contents(limit: 200_000)?.count == 200_000)
      #expect(try RegularFile(path).contents(limit: 199_999) == nil)
    }
  }

  @Test("A file that has grown, or reports no size, is read to its end")
  func unknownSize() throws {
    #expect(try RegularFile("/proc/self/status").size == 0)
    let status = try RegularFile("/proc/self/status").contents(limit: 1 << 20)
    #expect(status?.starts(with: Array("Name:".utf8)) == true)
    #expect(try RegularFile("/proc/self/status").contents(limit: 10) == nil)
  }
}
