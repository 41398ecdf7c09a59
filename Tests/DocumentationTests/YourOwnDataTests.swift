import Cairn
import Glibc
import TestSupport
import Testing

@Suite("Code of the article YourOwnData")
struct YourOwnDataTests {
  @Test("A folder with one subfolder for each class is loaded and split")
  func folder() throws {
    try withTemporaryDirectory { directory in
      for name in ["even", "odd"] { #expect(mkdir("\(directory)/\(name)", 0o755) == 0) }
      for digit in 0...9 {
        let name = digit.isMultiple(of: 2) ? "even" : "odd"
        for copy in 1...2 {
          try writeBytes(
            readBytes("\(packageDirectory)/samples/\(digit).png"),
            to: "\(directory)/\(name)/\(digit)-\(copy).png")
        }
      }
      let text = try Transcript.of { try load(directory) }
      #expect(
        text == """
          20 pictures, 15680 bytes
          [20, 28, 28, 1] ["even", "odd"]
          2 batches, 4 pictures held out

          """)
    }
  }
}
