import JSON

/// Keras's `Lambda` layer, whose option is a Python function.
///
/// The function is never run. The files of Keras hold the compiled code of a lambda, and where this
/// is certain to compute x · scale + offset, such as `x / 127.5 - 1`, a ``Rescaling`` layer does
/// it. Everything else is refused: a function that a file names is not in the file, and the meaning
/// of names such as `K` and `tf` in a lambda is not either.
enum Lambda {
  static let className = "Lambda"

  /// Creates the layer that computes the function.
  ///
  /// - Parameter reader: The options.
  /// - Returns: A layer with the name of the `Lambda`.
  /// - Throws: ``KerasError/lambda(layer:problem:)`` if it is not known what the function computes.
  static func layer(_ reader: OptionReader) throws(KerasError) -> Rescaling {
    func refused(_ problem: String) -> KerasError {
      .lambda(layer: reader.name, problem: problem)
    }
    for key in ["mask", "arguments"] {
      let value = reader.config[key] ?? .null
      guard value == .null || value == .object([:]) else {
        throw refused("has the option '\(key)'")
      }
    }
    // A shape says what the function gives; code would compute it.
    let shape = reader.config["output_shape"] ?? .null
    guard shape == .null || shape.array?.allSatisfy({ $0 == .null || $0.integer != nil }) == true
    else { throw refused("has code as its output shape") }
    for key in ["function_type", "module", "output_shape_type", "output_shape_module"] {
      _ = reader.config[key]
    }
    guard let function = reader.config["function"], let code = code(in: function) else {
      throw refused("names a function that is not in the file")
    }
    guard let text = code.function, code.isAlone else {
      throw refused("has code that uses other variables")
    }
    guard let bytes = PythonCodeText.bytes(of: text), let lambda = PythonLambda(marshalled: bytes),
      let expression = LinearExpression(lambda)
    else { throw refused("has code that is not known to be of the form x * scale + offset") }
    let layer = Rescaling(
      .scalar(expression.scale), offset: .scalar(expression.offset), name: reader.name)
    layer.lambda = expression
    return layer
  }

  /// The text of the code, and whether there are neither defaults nor variables of an enclosing
  /// function; `nil` for a function by its name.
  private static func code(in json: JSON) -> (function: String?, isAlone: Bool)? {
    // Keras 2, and Keras 3.0 to 3.3 in `value`.
    if let parts = json.array ?? json["config"]?["value"]?.array {
      return (parts.first?.string, parts.dropFirst().allSatisfy { $0 == .null })
    }
    guard json["class_name"]?.string == "__lambda__", let config = json["config"]?.object else {
      return nil
    }
    return (
      config["code"]?.string, config.allSatisfy { $0.key == "code" || $0.value == .null }
    )
  }
}

/// The two forms in which Keras writes marshalled code as text.
enum PythonCodeText {
  private static let digits = Dictionary(
    uniqueKeysWithValues:
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated()
      .map { ($1, UInt32($0)) })

  /// The bytes of base 64 in lines, or of one character for each byte, as Keras wrote before 2.1.
  ///
  /// - Returns: The bytes; `nil` for other texts.
  static func bytes(of text: String) -> [UInt8]? {
    base64(Array(text.utf8)) ?? latin1(text)
  }

  private static func base64(_ text: [UInt8]) -> [UInt8]? {
    var digits = text.filter { $0 != UInt8(ascii: "\n") }
    guard !digits.isEmpty, digits.count.isMultiple(of: 4) else { return nil }
    let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    digits.removeLast(padding)
    var bytes: [UInt8] = []
    var word: UInt32 = 0
    for (index, digit) in digits.enumerated() {
      guard let value = Self.digits[digit] else { return nil }
      word = word << 6 | value
      let place = UInt32(index % 4)
      if place > 0 { bytes.append(UInt8(truncatingIfNeeded: word >> (6 - 2 * place))) }
    }
    return bytes
  }

  private static func latin1(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}

extension Layer {
  /// The layer in place of a `Lambda`: this one, or the one that it applies to each step.
  var lambdaRescaling: Rescaling? {
    let layer = (self as? TimeDistributed)?.layer ?? self
    return (layer as? Rescaling).flatMap { $0.lambda == nil ? nil : $0 }
  }
}
