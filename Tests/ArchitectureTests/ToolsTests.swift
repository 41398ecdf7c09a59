import TestSupport
import Testing

@Suite("tools/README.md")
struct ToolsTests {
  @Test("It has a row for each script in tools, and no other")
  func scripts() throws {
    let folder = "\(packageDirectory)/tools"
    let text = try readText("\(folder)/README.md")
    let listed = Set(text.matches(of: /\n\| `([\w.-]+)` \|/).map { String($0.1) })
    let files = Set(names(in: folder)).subtracting(["README.md"]).filter {
      !$0.hasPrefix(".") && $0 != "__pycache__"
    }
    #expect(files.subtracting(listed).sorted() == [], "not listed in tools/README.md")
    #expect(listed.subtracting(files).sorted() == [], "listed, but not in tools")
  }
}
