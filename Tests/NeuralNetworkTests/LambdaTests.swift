import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Keras's `Lambda` layers, against `lambdas.json`: code of CPython 3.5 to 3.13.
@Suite("Lambda layers")
struct LambdaTests {
  static let fixtures =
    (try? JSON(parsing: (try? readText(fixture("lambdas.json"))) ?? "")) ?? .null

  /// The layer for the code of a function, as Keras 3 writes it.
  private func layer(_ code: String, _ options: JSON.Object = [:]) throws -> Rescaling {
    let function = JSON.object([
      "class_name": .string("__lambda__"),
      "config": .object(["code": .string(code), "defaults": .null, "closure": .null]),
    ])
    let config: JSON.Object = ["name": .string("l"), "function": function]
    return try #require(
      try Layer.make(className: "Lambda", config: .object(config.merging(options) { $1 }))
        as? Rescaling)
  }

  @Test("Code of each version of Python is read, or refused if it is not linear")
  func versions() throws {
    var counts: [String: (read: Int, refused: Int)] = [:]
    for code in Self.fixtures["codes"]?.array ?? [] {
      let parts = code.array ?? []
      let (version, text) = (try #require(parts[0].string), try #require(parts[1].string))
      if parts.count == 3 {
        counts[version, default: (0, 0)].refused += 1
        #expect(throws: KerasError.self, "\(version): \(text)") {
          try self.layer(try #require(parts[2].string))
        }
        continue
      }
      counts[version, default: (0, 0)].read += 1
      let layer = try self.layer(try #require(parts[2].string))
      let (scale, offset) = (try #require(parts[3].number), try #require(parts[4].number))
      guard case .scalar(let foundScale) = layer.scale, case .scalar(let foundOffset) = layer.offset
      else {
        Issue.record("\(text)")
        continue
      }
      #expect(abs(foundScale - scale) <= 1e-15 * abs(scale), "\(version): \(text)")
      #expect(abs(foundOffset - offset) <= 1e-15, "\(version): \(text)")
    }
    #expect(counts.removeValue(forKey: "nested")?.read == 1)
    #expect(counts.count == 10)
    for (version, count) in counts { #expect(count.read == 9 && count.refused >= 7, "\(version)") }
  }

  @Test("A change of any byte gives what CPython computes, or a refusal")
  func changedBytes() throws {
    for change in Self.fixtures["changes"]?.array ?? [] {
      let bytes = decoded(change["code"]?.string ?? "")
      let numbers = (change["numbers"]?.array ?? []).compactMap(\.number)
      let lines = (change["outcomes"]?.array ?? []).compactMap(\.string).map { Array($0.utf8) }
      let original = (change["original"]?.array ?? []).compactMap(\.number)
      #expect(lines.count == bytes.count && original.count == numbers.count)
      var read = 0
      for (place, line) in lines.enumerated() {
        for value in 0..<256 {
          var changed = bytes
          changed[place] = UInt8(value)
          guard let layer = try? layer(text(of: changed)), case .scalar(let scale) = layer.scale,
            case .scalar(let offset) = layer.offset
          else { continue }
          read += 1
          let other = change["others"]?["\(place) \(value)"]?.array?.compactMap {
            $0.string.flatMap(Double.init)
          }
          let expected = line[value] == UInt8(ascii: "=") ? original : other
          guard let expected, expected.count == numbers.count else {
            Issue.record("byte \(place) = \(value) is read, but CPython fails")
            continue
          }
          for (x, y) in zip(numbers, expected) {
            #expect(
              abs(x * scale + offset - y) <= 1e-8 * max(1, abs(y)), "byte \(place) = \(value)")
          }
        }
      }
      // Lines, names and numbers may change.
      #expect(read > 1000)
    }
  }

  @Test("Code that ends early, or goes on, is refused")
  func lengths() throws {
    for change in Self.fixtures["changes"]?.array ?? [] {
      let bytes = decoded(change["code"]?.string ?? "")
      #expect(throws: Never.self) { try layer(text(of: bytes)) }
      for count in 0..<bytes.count {
        #expect(throws: KerasError.self) { try layer(text(of: Array(bytes.prefix(count)))) }
        #expect(throws: KerasError.self) { try layer(text(of: Array(bytes.dropFirst(count + 1)))) }
      }
      for byte in UInt8.min...UInt8.max {
        #expect(throws: KerasError.self) { try layer(text(of: bytes + [byte])) }
      }
    }
  }

  /// The text with one character for each byte, as Keras 1 wrote it.
  private func text(of bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
  }

  /// Decodes base 64 by the positions of its digits.
  private func decoded(_ text: String) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let values = text.filter { $0 != "=" }.compactMap { digits.firstIndex(of: $0) }
    let bits = values.flatMap { value in (0..<6).reversed().map { value >> $0 & 1 } }
    return (0..<bits.count / 8).map { byte in
      UInt8(bits[8 * byte..<8 * byte + 8].reduce(0) { $0 * 2 + $1 })
    }
  }

  private static let plain = "x / 127.5 - 1"

  /// The code of `x / 127.5 - 1` of CPython 3.11.
  private func plainCode() throws -> String {
    try #require(
      Self.fixtures["codes"]?.array?.first {
        $0.array?[0].string == "CPython 3.11" && $0.array?[1].string == Self.plain
      }?.array?[2].string)
  }

  @Test(
    "Options that could change the function are refused by name",
    arguments: [
      (#"{"arguments": {"a": 1}}"#, "has the option 'arguments'"),
      (#"{"mask": {"class_name": "__lambda__", "config": {"code": ""}}}"#, "the option 'mask'"),
      (#"{"output_shape": ["4wEAAAA", null, null]}"#, "has code as its output shape"),
      (#"{"function": "relu", "function_type": "function"}"#, "names a function that is not in"),
      (#"{"function": null}"#, "names a function that is not in"),
      (#"{"function": ["CODE", [1], null], "function_type": "lambda"}"#, "uses other variables"),
      (#"{"function": ["CODE", null, [1]], "function_type": "lambda"}"#, "uses other variables"),
      (#"{"function": ["", null, null]}"#, "is not known to be of the form"),
      (#"{"function": [5, null, null]}"#, "uses other variables"),
      (
        #"{"function": {"module": "os", "class_name": "function", "config": "system"}}"#,
        "names a function that is not in"
      ),
    ])
  func options(json: String, message: String) throws {
    let code = try plainCode()
    let escaped = JSON.string(code).text.dropFirst().dropLast()
    let options = try JSON(parsing: json.replacing("CODE", with: escaped)).object ?? [:]
    let error = #expect(throws: KerasError.self) { try layer(code, options) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }

  @Test("The forms of Keras 2 and of early Keras 3 hold the same code")
  func forms() throws {
    let code = try plainCode()
    let parts = JSON.array([.string(code), .null, .null])
    for function in [
      parts,
      .object(["class_name": .string("__lambda__"), "config": .object(["value": parts])]),
    ] {
      let layer = try self.layer(
        "", ["function": function, "output_shape": .array([.integer(3)])])
      #expect(abs(layer(Tensor([255])).scalars[0] - 1) < 1e-6)
    }
  }

  private func architecture(_ layers: String...) throws -> Architecture {
    let code = JSON.string(try plainCode()).text
    let lambda = """
      {"class_name": "Lambda", "config": {"name": "l", "function": [\(code), null, null], \
      "function_type": "lambda", "module": "__main__", "output_shape": null, \
      "output_shape_type": "raw", "output_shape_module": null, "arguments": {}}}
      """
    let list = layers.joined(separator: ", ").replacing("LAMBDA", with: lambda)
    return try Architecture(
      kerasConfig: JSON(
        parsing: #"{"class_name": "Sequential", "config": {"name": "s", "layers": [\#(list)]}}"#),
      kerasVersion: "2.15.0")
  }

  private static let input =
    #"{"class_name": "InputLayer", "config": "#
    + #"{"batch_input_shape": [null, 4, 3], "dtype": "float32"}}"#

  @Test("A note says what is computed instead, and files get a Rescaling layer without code")
  func note() throws {
    let read = try architecture(Self.input, "LAMBDA")
    #expect(
      read.notes.map(\.description) == [
        """
        the Python code of the Lambda layer 'l', which is not run: a Rescaling layer computes \
        x / 127.5 - 1
        """
      ])
    for dialect in [KerasDialect.archive, .wholeModel, .keras2] {
      let written = read.kerasConfig(dialect)
      #expect(written["config"]?["layers"]?.array?[1]["class_name"] == .string("Rescaling"))
      #expect(!written.text.contains("Lambda") && !written.text.contains("function"))
    }
  }

  @Test("A Lambda that may get masks or whole numbers is refused")
  func contexts() throws {
    let masking = #"{"class_name": "Masking", "config": {"name": "m"}}"#
    #expect(
      throws: KerasError.lambda(layer: "l", problem: "gets a mask")
    ) { try architecture(Self.input, masking, "LAMBDA") }
    let bytes = Self.input.replacing("float32", with: "uint8")
    #expect(
      throws: KerasError.lambda(
        layer: "l", problem: "may get whole numbers, of the type uint8")
    ) { try architecture(bytes, "LAMBDA") }
  }
}
