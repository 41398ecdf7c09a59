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
      "", "nul", "[1,]", "[1", "{\"a\":1,}", "{a:1}", "01", "1.", "-", "1e", "NaN",
      "\"a\tb\"", "\"\\x\"", "\"\\ud800\"", "\"\\u12\"", "1 2", "\"", "{\"a\"}",
      "+1", ".5", "1.e5", "-01", "0x1", "1_0", "Infinity", "-Infinity", "True", "'a'", "[1 2]",
      "[,1]", "{\"a\":1 \"b\":2}", "{1:2}", "{\"a\":}", "\u{FEFF}{}", "\u{A0}1", "/**/1", "1//",
      "\"\u{1}\"", "\"\\u+123\"", "\"\\u１２３４\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
      "\"\\U0041\"", "nulll", "[1]]", "\0",
    ])
  func refuses(text: String) {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
    let isNotJSON = if case .notJSON? = error { true } else { false }
    #expect(isNotJSON, "\(String(describing: error))")
  }

  @Test("An error tells the byte where the text is wrong")
  func offsets() {
    func problem(_ text: String) -> String? {
      #expect(throws: JSONError.self) { try JSON(parsing: text) }.map { "\($0)" }
    }
    #expect(problem("[1, 2") == "the text is not JSON at byte 5")
    #expect(problem("{\"é\": +1}") == "the text is not JSON at byte 7")
    #expect(problem("[\"\", 1E400]") == "the number at byte 5 is too large")
    #expect(problem(String(repeating: "9", count: 400)) == "the number at byte 0 is too large")
  }

  @Test("A key that comes twice is refused: Python takes the last, others the first")
  func refusesDuplicates() {
    let cases = [
      (#"{"a": 1, "b": 2, "a": 3}"#, "a", ""),
      (#"{"b": {"a": 1, "\u0061": 3}}"#, "a", "b"),
      (#"[0, {"layers": [{}, {}, {"config": {"é": [], "é": 0}}]}]"#, "é", "[1].layers[2].config"),
    ]
    for (text, key, path) in cases {
      #expect(throws: JSONError.duplicateKey(key, path: path)) { try JSON(parsing: text) }
    }
    #expect(
      JSONError.duplicateKey("a", path: "").description == "an object has the key 'a' twice")
    #expect(
      JSONError.duplicateKey("a", path: "b[1]").description
        == "an object has the key 'a' twice, in b[1]")
  }

  @Test("The number of values is limited, whose memory is a multiple of their text")
  func refusesManyValues() throws {
    func list(_ count: Int) -> String { "[" + String(repeating: "0,", count: count - 1) + "0]" }
    #expect(try JSON(parsing: list(1 << 20 - 1)).array?.count == 1 << 20 - 1)
    #expect(throws: JSONError.tooMany(limit: 1 << 20)) { try JSON(parsing: list(1 << 20)) }
  }

  @Test("Nesting is limited, and deep nesting is refused quickly")
  func refusesDepth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSON(parsing: nested(64)).array?.count == 1)
    #expect(throws: JSONError.tooDeep(limit: 64)) { try JSON(parsing: nested(65)) }
    #expect(throws: JSONError.tooDeep(limit: 64)) { try JSON(parsing: nested(1_000_000)) }
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
      json.text(.canonicalUTF8) == #"{"a":null,"é\u007f\u0008\u009b":["😀",true]}"#)
  }

  @Test("A document keeps the order of its members, and every number")
  func documents() {
    let document = JSON.object([
      "b": .integer(UInt64.max),
      "a": .array([.integer(-1), .number(0.5), .number(-Double.infinity)]),
      "nested": .array([.array([.null]), .array([])]), "empty": .object([:]),
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

  @Test("Members keep the order of the text, which does not count in comparisons")
  func order() throws {
    let json = try JSON(parsing: #"{"b": {"z": 1, "y": [{"x": 2, "w": 3}]}, "a": null}"#)
    #expect(json.text(.compact) == #"{"b":{"z":1,"y":[{"x":2,"w":3}]},"a":null}"#)
    #expect(json.text == #"{"a":null,"b":{"y":[{"w":3,"x":2}],"z":1}}"#)
    #expect(json.sortingKeys().text(.compact) == json.text)
    #expect(json == json.sortingKeys())
    #expect(json.hashValue == json.sortingKeys().hashValue)
    #expect(json != .object(["b": json["b"], "c": .null]))
  }

  @Test("Small and large objects are changed like dictionaries", arguments: [3, 16, 17, 100])
  func members(count: Int) throws {
    let keys = (0..<count).map { "key \($0)" }
    var object = JSON.Object(keys.reversed().map { ($0, .string($0)) })
    #expect(object.keys == keys.reversed())
    #expect(keys.allSatisfy { object[$0] == .string($0) } && object["other"] == nil)
    object["key 1"] = nil
    object["other"] = .null
    #expect(object.keys == keys.reversed().filter { $0 != "key 1" } + ["other"])
    #expect(object.removeValue(forKey: "other") == .null && object["other"] == nil)
    object["key 1"] = .integer(1)
    object["key 2"] = .integer(2)
    #expect(object.keys == keys.reversed().filter { $0 != "key 1" } + ["key 1"])
    #expect(
      object.filter { $0.value.integer != nil } == ["key 1": .integer(1), "key 2": .integer(2)])
    #expect(try JSON(parsing: JSON.object(object).text) == .object(object))
    let text = JSON.object(object).text.dropLast() + #","key 0":0}"#
    #expect(throws: JSONError.duplicateKey("key 0", path: "")) { try JSON(parsing: String(text)) }
  }

  @Test("Merging replaces values and appends new members; nil leaves a member out")
  func merging() {
    let object: JSON.Object = ["b": .integer(1), "a": .integer(2), "none": nil]
    #expect(object.count == 2)
    let merged = object.merging(["c": .integer(3), "b": .integer(4)]) { $1 }
    #expect(JSON.object(merged).text(.compact) == #"{"b":4,"a":2,"c":3}"#)
    #expect(JSON.Object(["b": .null, "a": .null] as [String: JSON]).keys == ["a", "b"])
  }

  @Test("A whole number has one value, whatever the type that it comes from")
  func wholeNumbers() {
    #expect(JSON.integer(UInt64(7)) == .integer(7 as Int) && JSON.integer(Int64(-7)).integer == -7)
    #expect(JSON.integer(UInt64.max) == .unsigned(.max) && JSON.integer(UInt64.max).integer == nil)
  }
}
