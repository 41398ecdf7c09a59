import Files
import HDF5
import TestSupport
import Testing

/// The values are those of tools/fixtures/hdf5.py, which writes the files with h5py.
@Suite("Reading strings and attributes that h5py wrote")
struct StringTests {
  @Test(
    "All kinds of strings are read without their padding",
    arguments: [
      ("variable", ["one", "zwölf", "", "三"]), ("variable_ascii", ["a", "bc"]),
      ("scalar", ["alone"]), ("padded", ["ab", "abcd", ""]), ("terminated", ["x y", "é"]),
      ("spaces", [" x y", "é"]),
    ])
  func readsStrings(name: String, expected: [String]) throws {
    let dataset = try File.open(fixture("strings.h5")).dataset(at: name)
    #expect(try dataset.readStrings() == expected)
  }

  @Test("String types have a length, character set and padding")
  func describesStrings() throws {
    let file = try File.open(fixture("strings.h5"))
    #expect(try file.dataset(at: "variable").elementType == .variableString(.utf8, .nullTerminated))
    #expect(
      try file.dataset(at: "variable_ascii").elementType == .variableString(.ascii, .nullTerminated)
    )
    #expect(
      try file.dataset(at: "padded").elementType == .fixedString(bytes: 4, .ascii, .nullPadded))
    #expect(
      try file.dataset(at: "spaces").elementType == .fixedString(bytes: 6, .utf8, .spacePadded))
    #expect(
      "\(try file.dataset(at: "terminated").elementType)"
        == "string of 6 bytes, UTF-8, null-terminated")
  }

  @Test("A string that is not UTF-8 keeps its bytes")
  func readsOtherEncodings() throws {
    let strings = try File.open(fixture("strings.h5")).dataset(at: "latin1").readStrings()
    #expect(strings.map(PathText.bytes) == [Array("caf".utf8) + [0xE9]])
  }

  @Test("Strings cannot be read as numbers, nor numbers as strings")
  func refusesTheOtherKind() throws {
    let path = fixture("hostile.h5")
    let file = try File.open(path)
    let strings = try file.dataset(at: "strings")
    #expect(
      message { () throws(HDF5Error) in try strings.read(as: Float.self) }
        == "Cannot read '/strings' in '\(path)': it is string, UTF-8, not numbers")
    let text = try file.dataset(at: "text")
    #expect(
      message { () throws(HDF5Error) in try text.read(as: Float.self) }
        == "Cannot read '/text' in '\(path)': it is string of 3 bytes, ASCII, null-padded, not "
        + "numbers"
    )
    let numbers = try file.dataset(at: "negative")
    #expect(
      message { () throws(HDF5Error) in try numbers.readStrings() }
        == "Cannot read '/negative' in '\(path)': it is int64, not strings")
  }

  @Test(
    "Attributes of all types are read",
    arguments: [
      ("utf8", AttributeValue.string("zwölf")), ("ascii", .string("plain")),
      ("bytes", .string("fixed")), ("list", .strings(["conv2d", "", "dense_1"])),
      ("fixed_list", .strings(["conv2d", "dense"])), ("empty", .empty),
      ("no_strings", .strings([])), ("int", .int(.min)), ("small", .int(-3)),
      ("big_endian", .ints([1, -2])), ("uint", .uint(.max)), ("bytes_list", .uints([0, 255])),
      ("float", .double(0.5)), ("doubles", .doubles([1e300, -0.0])),
      ("matrix", .other("float64 of shape [2, 2]")), ("flag", .int(1)),
      ("null", .other("no value (float32)")),
      ("latin1", .string(PathText.text(of: Array("caf".utf8) + [0xE9]))),
    ])
  func readsAttribute(name: String, expected: AttributeValue) throws {
    let group = try File.open(fixture("strings.h5")).group(at: "attributes")
    #expect(try group.attribute(name) == expected)
  }

  @Test("The names of attributes are ordered, and a missing attribute is nil")
  func listsAttributes() throws {
    let file = try File.open(fixture("strings.h5"))
    let names = try file.group(at: "attributes").attributeNames
    #expect(names.count == 18)
    #expect(names.prefix(4) == ["ascii", "big_endian", "bytes", "bytes_list"])
    #expect(try file.root.attribute("name") == nil)
    #expect(try file.dataset(at: "scalar").attribute("") == nil)
  }
}
