import NeuralNetwork
import Tensors

/// A model as a function in C99: its weights, the functions of its layers, and their calls.
///
/// Values are stored as in Keras, images with their channels last.
struct CProgram {
  private(set) var graph: InferenceGraph
  /// The expressions of the addresses of masks that are used.
  private(set) var maskPlaces: [Int: String] = [:]
  private let prefix: String
  private let classNames: [String]
  /// The parameters of the function.
  private var inputs: [String]
  private var outputs: [String]
  /// The lines of the functions for a step, and their names.
  private var stepFunctions: [String] = []
  private var stepNames: Set<String> = []
  private var tables: [String] = []
  private var tableNames: [String: String] = [:]
  private var statements: [String] = []
  private var functions: Set<CFunction> = []
  private var memory: CWorkspace

  /// Translates a model.
  ///
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if a layer has no equivalent, or the error
  ///   of reading a value.
  init(_ graph: InferenceGraph, classNames: [String]) throws(CheckpointError) {
    self.graph = graph
    self.classNames = classNames
    prefix = graph.name.cName
    memory = CWorkspace(graph)
    var taken: Set<String> = ["workspace"]
    func parameters(_ names: [String], _ only: String) -> [String] {
      (names.count == 1 ? [only] : names).map { $0.parameterName(besides: &taken) }
    }
    inputs = parameters(graph.inputs.map(\.name), "input")
    outputs = parameters(graph.outputs.map(\.name), "output")
    try translateCalls()
  }

  private mutating func translateCalls() throws(CheckpointError) {
    maskPlaces = memory.maskPlaces
    for (index, call) in graph.calls.enumerated() {
      // A name from a file could end the comment.
      statements.append("/* \(call.name.cName): \(type(of: call.layer).className.cName) */")
      if let mask = call.newMask { addMask(mask, of: call) }
      try translate(call, index)
    }
  }

  /// Adds a function for a step of a sequence.
  ///
  /// - Parameters:
  ///   - inner: The calls of the step.
  ///   - name: The name of the layer.
  ///   - hasMask: Whether the function gets the mask of the step.
  /// - Returns: The name of the function, and the number of floats that it needs as workspace.
  /// - Throws: ``CheckpointError`` if a layer has no equivalent, or its weights cannot be read.
  mutating func function(
    of inner: InferenceGraph, named name: String, hasMask: Bool
  ) throws(CheckpointError) -> (name: String, memory: Int) {
    var (function, count) = ("\(prefix)_\(name.cName)_step", 1)
    while !stepNames.insert(function).inserted {
      function = "\(prefix)_\(name.cName)_step_\(count)"
      count += 1
    }
    let outer = (graph, inputs, outputs, statements, memory, maskPlaces)
    (graph, inputs, outputs, statements, memory) = (inner, ["x"], ["y"], [], CWorkspace(inner))
    try translateCalls()
    let mask = hasMask ? "const float *mask, " : ""
    let lines =
      ["static void \(function)(const float *x, float *y, \(mask)float *workspace) {"] + body + [
        "}", "",
      ]
    let size = max(1, memory.size)
    (graph, inputs, outputs, statements, memory, maskPlaces) = outer
    stepFunctions += lines
    return (function, size)
  }

  /// The lines of the current function: all statements, and the copies to the outputs.
  private var body: [String] {
    ["  (void)workspace;"] + statements.map { "  \($0)" }
      + zip(outputs, graph.outputs).map { name, output in
        "  memcpy(\(name), \(place(of: output.value)), "
          + "\(graph.shape(of: output.value).elementCount) * sizeof(float));"
      }
  }

  /// The text of the header.
  var source: String {
    let guardName = "CAIRN_\(prefix.uppercased())_H"
    let upper = prefix.uppercased()
    let ends =
      zip(inputs, graph.inputs.map(\.shape)).map { (name: $0, shape: $1) }
      + zip(outputs, graph.outputs.map { graph.shape(of: $0.value) }).map { ($0, $1) }
    let shapes = ends.map { "\($0.name): \($0.shape.cText)" }.joined(separator: ", ")
    let arguments = (inputs + outputs + ["workspace"]).joined(separator: ", ")
    var lines = [
      "/* The model '\(prefix)'. \(shapes),",
      " * in row-major order with the channels of images last.",
      " *", " *   static float workspace[\(upper)_WORKSPACE];",
      " *   \(prefix)_predict(\(arguments));", " */",
      "#ifndef \(guardName)", "#define \(guardName)", "", "#include <float.h>",
      "#include <math.h>", "#include <stdint.h>", "#include <string.h>", "",
      "/* The numbers of floats. */",
    ]
    lines += ends.map { "#define \(upper)_\($0.name.uppercased()) \($0.shape.elementCount)" }
    lines += ["#define \(upper)_WORKSPACE \(max(1, memory.size))", ""]
    if !classNames.isEmpty {
      lines.append("static const char *const \(prefix)_classes[\(classNames.count)] = {")
      lines += classNames.map { "  \($0.cLiteral)," }
      lines += ["};", ""]
    }
    for function in CFunction.allCases where functions.contains(function) {
      let name = "CAIRN_\("\(function)".uppercased())"
      lines += ["#ifndef \(name)", "#define \(name)", function.rawValue, "#endif", ""]
    }
    lines += tables + stepFunctions
    let parameters =
      inputs.map { "const float *\($0)" } + outputs.map { "float *\($0)" } + ["float *workspace"]
    lines += [
      "static void \(prefix)_predict(\(parameters.joined(separator: ", "))) {"
    ]
    lines += body
    lines += ["}", "", "#endif"]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Code

  /// The expression of a value.
  func place(of value: Int) -> String { memory.place(of: value, inputs: inputs) }

  /// The expression of the result of a call.
  func place(ofResult call: Int) -> String { place(of: graph.calls[call].outputs[0]) }

  /// Reserves memory that is used during one call only.
  ///
  /// - Returns: The expression of its address.
  mutating func scratch(_ count: Int, _ index: Int) -> String {
    memory.scratch(count, at: index, for: graph.calls[index].outputs)
  }

  /// Adds a statement.
  mutating func add(_ statement: String) { statements.append(statement) }

  /// Adds the call of a function.
  mutating func add(_ function: CFunction, _ arguments: [any CArgument]) {
    functions.formUnion(function.needed)
    functions.insert(function)
    add("cairn_\(function)(\(arguments.map(\.cText).joined(separator: ", ")));")
  }

  /// Uses a function in an expression.
  mutating func use(_ function: CFunction) {
    functions.formUnion(function.needed)
    functions.insert(function)
  }

  /// Adds a table of numbers, once for each layer.
  ///
  /// - Returns: The name of the table.
  mutating func table(
    _ call: InferenceGraph.Call, _ name: String, _ values: [Float]
  ) -> String {
    let key = "\(call.name)/\(name)"
    if let table = tableNames[key] { return table }
    var (table, count) = ("\(prefix)_\(key.cName)", 1)
    while tableNames.values.contains(table) {
      table = "\(prefix)_\(key.cName)_\(count)"
      count += 1
    }
    tableNames[key] = table
    tables.append("static const float \(table)[\(max(1, values.count))] = {")
    for start in stride(from: 0, to: values.count, by: 8) {
      let line = values[start..<min(start + 8, values.count)].map(\.cText)
      tables.append("  " + line.joined(separator: ", ") + ",")
    }
    tables += ["};", ""]
    return table
  }

  /// Adds the table of a variable; `NULL` if the layer has none.
  mutating func table(
    _ call: InferenceGraph.Call, variable: String
  ) throws(CheckpointError) -> String {
    if let table = tableNames["\(call.name)/\(variable)"] { return table }
    guard let values = try call.values(variable) else { return "0" }
    return table(call, variable, values)
  }

  /// Adds a loop over all elements of arrays, whose strides may differ.
  ///
  /// - Parameters:
  ///   - extents: The extents of the loops.
  ///   - strides: The strides of each array.
  ///   - body: The statement, made from the offset in each array.
  mutating func loop(_ extents: [Int], strides: [[Int]], _ body: ([String]) -> String) {
    var line = ""
    for (axis, extent) in extents.enumerated() {
      line += "for (int32_t i\(axis) = 0; i\(axis) < \(extent); i\(axis)++) "
    }
    let offsets = strides.map { strides in
      let terms = strides.enumerated().filter { $0.element != 0 }.map { "i\($0) * \($1)" }
      return terms.isEmpty ? "0" : terms.joined(separator: " + ")
    }
    add(line + body(offsets))
  }
}

/// An argument of a call in C.
protocol CArgument { var cText: String { get } }

extension Int: CArgument { var cText: String { "\(self)" } }

extension String: CArgument { var cText: String { self } }

extension Float: CArgument {
  var cText: String { self == .infinity ? "FLT_MAX" : "\(self)f" }
}

extension Shape {
  /// The row-major strides.
  var strides: [Int] {
    indices.map { axis in dimensions[(axis + 1)...].reduce(1, *) }
  }

  /// `28 x 28 x 1`.
  fileprivate var cText: String { isEmpty ? "1" : map { "\($0)" }.joined(separator: " x ") }
}

extension String {
  /// The name as an identifier of C.
  fileprivate var cName: String {
    let letters = unicodeScalars.map { letter -> Character in
      let isPlain =
        letter.isASCII && (letter.properties.isAlphabetic || ("0"..."9").contains(letter))
      return isPlain ? Character(letter) : "_"
    }
    let isNumber = letters.first.map { ("0"..."9").contains($0) } ?? true
    return (isNumber ? "model_" : "") + String(letters)
  }

  /// The name as that of a parameter, which is no other parameter's and no keyword of C.
  fileprivate func parameterName(besides taken: inout Set<String>) -> String {
    let keywords: Set<String> = [
      "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
      "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
      "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
      "union", "unsigned", "void", "volatile", "while", "memcpy",
    ]
    let name = keywords.contains(cName) ? "\(cName)_" : cName
    var (unique, count) = (name, 1)
    // The macros of sizes have the names in capitals.
    while !taken.insert(unique.lowercased()).inserted {
      unique = "\(name)_\(count)"
      count += 1
    }
    return unique
  }

  /// The text as a string literal of C.
  fileprivate var cLiteral: String {
    let characters = utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
        "\\" + String(UnicodeScalar(byte))
      case 0x20..<0x7F: String(UnicodeScalar(byte))
      default:
        // Three octal digits, so that no digit after them belongs to the escape.
        "\\" + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0)
          + String(byte, radix: 8)
      }
    }
    return "\"" + characters.joined() + "\""
  }
}
