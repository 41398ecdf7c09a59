import Inspection
import JSON
import TestSupport
import Testing

/// Comparisons with NumPy; `tools/fixtures/inspection.py` wrote the expected slices.
@Suite("Slices")
struct SliceTests {
  /// The elements as in JSON, where NaN, infinity and large integers are strings.
  private func json(_ elements: ArrayValues.Elements) -> [JSON] {
    func number(_ value: Double) -> JSON {
      guard value.isFinite else {
        return .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
      }
      return Int(exactly: value).map(JSON.integer) ?? .number(value)
    }
    return switch elements {
    case .floats(let values): values.map { number(Double($0)) }
    case .doubles(let values): values.map(number)
    case .integers(let values): values.map { .integer(Int($0)) }
    case .unsigned(let values):
      values.map { value in Int(exactly: value).map(JSON.integer) ?? .string("\(value)") }
    case .strings(let values): values.map(JSON.string)
    }
  }

  @Test("Slices have the same shape and elements as in NumPy")
  func againstNumpy() throws {
    let text = String(decoding: try readBytes(fixture("slices.json")), as: UTF8.self)
    let cases = try #require(try JSON(parsing: text).array)
    #expect(cases.count > 30)
    let inspector = try Inspector(opening: fixture("numbers.h5"))
    for entry in cases {
      let expression = try #require(entry["expression"]?.string)
      let values = try inspector.values(expression)
      #expect(values.shape == entry["shape"]?.array?.map(\.integer), "\(expression)")
      #expect(json(values.elements) == entry["values"]?.array, "\(expression)")
    }
  }

  @Test("Reads the bfloat16 of Keras")
  func bfloat16() throws {
    let path = fixture("forms/bfloat16.weights.h5", of: "CheckpointsTests")
    let values = try Inspector(opening: path).values("conv2d_3/bias[::-1]")
    #expect(values.elementType == "bfloat16")
    #expect(json(values.elements) == [.number(0.67578125 as Double), .number(0.46875 as Double)])
  }

  @Test(
    "Reports the reason for an invalid slice",
    arguments: [
      (
        "bytes[16]",
        "Cannot take 'bytes[16]': the index 16 is out of bounds for axis 0 with size 16"
      ),
      (
        "bytes[0,-17]",
        "Cannot take 'bytes[0,-17]': the index -17 is out of bounds for axis 1 with size 16"
      ),
      ("bytes[0,0,0]", "Cannot take 'bytes[0,0,0]': it has 3 indices, but the dataset has 2 axes"),
      ("scalar[0]", "Cannot take 'scalar[0]': it has 1 indices, but the dataset has 0 axes"),
      ("bytes[::0]", "Cannot understand 'bytes[::0]': a step cannot be 0"),
      ("bytes[a:2]", "Cannot understand 'bytes[a:2]': 'a' is not a whole number"),
      ("bytes[1:2:3:4]", "Cannot understand 'bytes[1:2:3:4]': '1:2:3:4' has more than two colons"),
      ("bytes[1,,2]", "Cannot understand 'bytes[1,,2]': an index between two commas is missing"),
      ("bytes[...,...]", "Cannot understand 'bytes[...,...]': '...' can be used only once"),
      (
        "bytes[1",
        "Cannot understand 'bytes[1': it must be a name with brackets, as in 'd1/kernel[0:4]'"
      ),
      ("[1]", "Cannot understand '[1]': it must be a name with brackets, as in 'd1/kernel[0:4]'"),
    ])
  func errors(expression: String, message: String) throws {
    let inspector = try Inspector(opening: fixture("numbers.h5"))
    #expect {
      _ = try inspector.values(expression)
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test("Accepts variable names as well as paths")
  func names() throws {
    let inspector = try Inspector(opening: fixture("tiny_sub_step5.weights.h5"))
    let byName = try inspector.values("d1/kernel[:2,-1]")
    let byPath = try inspector.values("/d1/vars/0[:2,-1]")
    #expect(byName.path == "/d1/vars/0")
    #expect(byName.elements == byPath.elements)
    #expect(byName.shape == [2])
  }

  @Test("Prints rows as NumPy does, with enough digits to read them back")
  func text() throws {
    let result = try inspect("numbers.h5", "--slice", "integers[::-1]")
    #expect(
      result.output == """
        integers[::-1]  int64 big-endian (2, 3)
        [[            7             0 1099511627776]
         [           -5             0             3]]

        """)
    #expect(
      try inspect("numbers.h5", "--slice", "half[:2,0,:2]").output
        == """
        half[:2,0,:2]  float16 (2, 2)
        \(try rows(of: "half[:2,0,:2]"))

        """)
    #expect(
      try inspect("numbers.h5", "--slice", "words[0]").output
        == "words[0]  string, UTF-8 (3,)\n[\"a\" \"b\" \"c\"]\n")
    #expect(
      try inspect("numbers.h5", "--slice", "empty").output == "empty  float32 (0, 3)\n[]\n")
  }

  /// Two rows of two numbers, each as wide as the widest.
  private func rows(of expression: String) throws -> String {
    let values = try Inspector(opening: fixture("numbers.h5")).values(expression)
    guard case .floats(let numbers) = values.elements else { return "" }
    let width = numbers.map { "\($0)".count }.max() ?? 0
    let cells = numbers.map { String(repeating: " ", count: width - "\($0)".count) + "\($0)" }
    return "[[\(cells[0]) \(cells[1])]\n [\(cells[2]) \(cells[3])]]"
  }
}
