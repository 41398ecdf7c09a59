import Serving
import Testing

@Suite("A file in a form")
struct FormFileTests {
  private let type = "multipart/form-data; boundary=\"--x y\""

  /// A form with a field, and a file whose content has what looks like ends.
  private let form = Array(
    ("----x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n----x y\r\n"
      + "content-disposition: form-data; name=\"p\"; filename=\"seven 7.png\"\r\n"
      + "Content-Type: image/png\r\n\r\n\r\n--\r\n----x\r\n\r\n----x y--\r\n").utf8)

  @Test("The first part with the name of a file is found, whatever is in it")
  func found() throws {
    let file = try #require(FormFile(in: form, contentType: type))
    #expect(file.name == "seven 7.png")
    #expect(file.bytes.elementsEqual("\r\n--\r\n----x\r\n".utf8))
  }

  @Test("Text before the first boundary is passed over")
  func preamble() {
    #expect(FormFile(in: Array("hello\r\n".utf8) + form, contentType: type)?.name == "seven 7.png")
  }

  @Test("A file without a name or content")
  func empty() {
    let form = Array("--x\r\nContent-Disposition: form-data; filename=\r\n\r\n\r\n--x--".utf8)
    let file = FormFile(in: form, contentType: "multipart/form-data;boundary=x")
    #expect(file?.name == nil)
    #expect(file?.bytes.isEmpty == true)
  }

  @Test("A form that ends early has no file")
  func truncated() {
    for count in 0..<(form.count - 4) {
      #expect(FormFile(in: Array(form.prefix(count)), contentType: type) == nil, "\(count)")
    }
  }

  @Test(
    "A form needs a boundary",
    arguments: [
      "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary",
      "multipart/form-data; boundary=other",
      "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
    ])
  func boundary(type: String) {
    #expect(FormFile(in: form, contentType: type) == nil)
  }
}
