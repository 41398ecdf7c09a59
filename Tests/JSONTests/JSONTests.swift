import JSON
import Testing

@Suite("JSON")
struct JSONTests {
  @Test(
    "Values are read as they are written",
    arguments: [
      ("null", JSON.null), ("true", .bool(true)), (" [ ] ", .array([])), ("{}", .object([:])),
      ("-12", .integer(-12)), ("1.0", .integer(1)), ("0.1", .number(0.1)),
      ("1e-7", .number(1e-7)), ("9223372036854775808", .number(0x1p63)),
      (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, .string("a\"\\/\u{8}\u{C}\n\r\té😀é")),
      (
        #"{"a": [1, {"b": "c"}], "d": false}"#,
        .object(["a": .array([.integer(1), .object(["b": .string("c")])]), "d": .bool(false)])
      ),
    ])
  func reads(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
  }

  @Test(
    "Text that is not JSON is refused",
    arguments: [
      "", "nul", "[1,]", "[1", "{\"a\":1,}", "{a:1}", "01", "1.", "-", "1e", "1E400", "NaN",
      "\"a\tb\"", "\"\\x\"", "\"\\ud800\"", "\"\\u12\"", "1 2", "\"", "{\"a\"}",
    ])
  func refuses(text: String) {
    #expect(throws: JSONError.notJSON) { try JSON(parsing: text) }
  }

  @Test("A key that comes twice is refused: Python takes the last, others the first")
  func refusesDuplicates() {
    #expect(throws: JSONError.duplicateKey("a")) {
      try JSON(parsing: #"{"a": 1, "b": 2, "a": 3}"#)
    }
  }

  @Test("Nesting is limited, and deep nesting is refused quickly")
  func refusesDepth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSON(parsing: nested(128)).array?.count == 1)
    #expect(throws: JSONError.tooDeep(limit: 128)) {
      try JSON(parsing: nested(1_000_000))
    }
  }

  @Test("Everything but printable ASCII is escaped")
  func escapes() {
    #expect(
      JSON.string("a\u{7F}\u{1}\n\t\"\\é😀").text == #""a\u007f\u0001\n\t\"\\\u00e9\ud83d\ude00""#)
  }

  @Test("Control characters are escaped alike in every format, other characters only in ASCII")
  func formats() {
    let json = JSON.object(["é\u{7F}\u{8}\u{9B}": .array([.string("😀"), .bool(true)]), "a": .null])
    #expect(
      json.text == #"{"a":null,"\u00e9\u007f\u0008\u009b":["\ud83d\ude00",true]}"#)
    #expect(
      json.text(.compactUTF8) == #"{"a":null,"é\u007f\u0008\u009b":["😀",true]}"#)
  }

  @Test("A document keeps the order of its members, and every number")
  func documents() {
    let document = JSONDocument.object([
      ("b", .unsigned(.max)), ("a", .array([.integer(-1), .number(0.5), .number(-.infinity)])),
      ("nested", .array([.array([.null]), .array([])])), ("empty", .object([])),
    ])
    #expect(
      document.text(.compact)
        == #"{"b":18446744073709551615,"a":[-1,0.5,"-Infinity"],"nested":[[null],[]],"empty":{}}"#)
    #expect(
      document.text(.indented) == """
        {
          "b": 18446744073709551615,
          "a": [-1, 0.5, "-Infinity"],
          "nested": [
            [null],
            []
          ],
          "empty": {}
        }
        """)
    #expect(
      document.text(.compact, spelling: { $0.uppercased() }).hasPrefix(#"{"B":1844"#))
  }
}
