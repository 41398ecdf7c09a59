import Checkpoints
import Files
import Glibc
import TestSupport
import Testing

@Suite("Files at output paths")
struct OccupantTests {
  @Test("A file whose name is not UTF-8 is seen, so that it is not overwritten")
  func otherBytes() throws {
    try withTemporaryDirectory { directory in
      let bytes = Array("\(directory)/".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
      let descriptor = unsafe open(bytes, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
      try #require(descriptor >= 0)
      unsafe #expect(write(descriptor, "text", 4) == 4)
      close(descriptor)
      let path = unsafe bytes.withUnsafeBufferPointer {
        unsafe $0.baseAddress.map { unsafe pathText($0) }
      }
      #expect(Occupant(at: try #require(path)) == .other)
    }
  }
}
