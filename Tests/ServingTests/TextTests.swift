import Serving
import Testing

@Suite("Texts of HTTP and JSON")
struct TextTests {
  // RFC 4648, section 10.
  @Test(
    "Base64 is that of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(text: String, wanted: String) {
    #expect(Base64.text(of: Array(text.utf8)) == wanted)
  }

  @Test("Base64 has all digits")
  func digits() {
    #expect(Base64.text(of: [0, 16, 131, 16, 81, 135, 251, 255, 191]) == "ABCDEFGH+/+/")
  }

  // The first is that of RFC 9110; the others are of `date -u -d @SECONDS`.
  @Test(
    "Dates are those of RFC 9110",
    arguments: [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ])
  func dates(seconds: Int, wanted: String) {
    #expect(HTTPDate.text(of: seconds) == wanted)
  }
}
