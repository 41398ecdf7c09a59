/// The code of a Python function of one argument that uses nothing but this argument and constants:
/// no global names, no attributes, no variables of an enclosing function.
///
/// The file does not tell which version of Python wrote the code. Each range of versions has a
/// layout of its own, and the code is only accepted if it has the layout of one of them to the last
/// byte.
struct PythonLambda {
  /// The instructions, without those that only mark the beginning.
  let instructions: [Instruction]

  /// An instruction of a function that only computes.
  enum Instruction: Equatable {
    /// Pushes the argument of the function.
    case argument
    /// Pushes a number.
    case number(Double)
    /// Replaces the last two values by their sum, difference, product or quotient.
    case binary(Operator)
    /// Returns the last value.
    case end
  }

  /// An operator between two numbers, as in Python's source code.
  enum Operator: Character {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
  }

  /// The longest code; the simple functions that are wanted have some hundred bytes.
  private static let longest = 4096

  /// Reads a code object; `nil` if it is another function, or not certain to be one.
  init?(marshalled bytes: [UInt8]) {
    guard bytes.count <= Self.longest else { return nil }
    let found = Layout.allCases.compactMap { layout in
      (try? CodeObject(bytes, layout)).flatMap { object in
        object.instructions(in: layout.bytecodes)
          .flatMap { $0.depth <= object.stackSize ? $0 : nil }
      }
    }
    guard found.count == 1 else { return nil }
    instructions = found[0]
  }

  /// The layouts of code objects, by the first and last version of Python.
  private enum Layout: CaseIterable {
    case from35to37, from38to310, from311to313

    /// The forms of instructions of these versions.
    var bytecodes: [Bytecode] {
      switch self {
      case .from35to37: [.python35, .python36]
      case .from38to310: [.python36]
      case .from311to313: [.python311, .python313]
      }
    }
  }

  /// What a code object says, apart from names and lines.
  private struct CodeObject {
    let code: [UInt8]
    let constants: [MarshalledValue]
    let stackSize: Int

    /// Reads a code object.
    ///
    /// Source: `w_complex_object` in Python/marshal.c of each version.
    init(_ bytes: [UInt8], _ layout: Layout) throws(MarshalReader.Failure) {
      var reader = MarshalReader(bytes)
      try reader.readCodeType()
      // co_argcount, co_posonlyargcount, co_kwonlyargcount, co_nlocals.
      let counts =
        switch layout {
        case .from35to37: [1, 0, 1]
        case .from38to310: [1, 0, 0, 1]
        case .from311to313: [1, 0, 0]
        }
      for count in counts {
        guard try reader.readInt32() == count else { throw MarshalReader.Failure() }
      }
      stackSize = try reader.readInt32()
      guard (1...16).contains(stackSize) else { throw MarshalReader.Failure() }
      // CO_OPTIMIZED and CO_NEWLOCALS, CO_NOFREE before 3.11, and CO_NESTED or not.
      let flags = try reader.readInt32() & ~0x10
      guard flags == (layout == .from311to313 ? 0x03 : 0x43) else { throw MarshalReader.Failure() }
      guard case .bytes(let code) = try reader.readValue(),
        case .tuple(let constants) = try reader.readValue(),
        // co_names: no globals and no attributes.
        try reader.readValue() == .tuple([]),
        // co_varnames or co_localsplusnames: the argument alone.
        case .tuple(let names) = try reader.readValue(), names.count == 1,
        case .string = names[0]
      else { throw MarshalReader.Failure() }
      if layout == .from311to313 {
        // co_localspluskinds: CO_FAST_LOCAL.
        guard try reader.readValue() == .bytes([0x20]) else { throw MarshalReader.Failure() }
      } else {
        // co_freevars and co_cellvars.
        for _ in 0..<2 {
          guard try reader.readValue() == .tuple([]) else { throw MarshalReader.Failure() }
        }
      }
      // co_filename, co_name and co_qualname.
      for _ in 0..<(layout == .from311to313 ? 3 : 2) {
        guard case .string = try reader.readValue() else { throw MarshalReader.Failure() }
      }
      // co_firstlineno, and the tables of lines and exceptions.
      _ = try reader.readInt32()
      guard case .bytes = try reader.readValue() else { throw MarshalReader.Failure() }
      if layout == .from311to313 {
        guard try reader.readValue() == .bytes([]) else { throw MarshalReader.Failure() }
      }
      guard reader.isAtEnd else { throw MarshalReader.Failure() }
      self.code = code
      self.constants = constants
    }

    /// The instructions in the form that the code has; `nil` if it has none of these forms.
    func instructions(in forms: [Bytecode]) -> [Instruction]? {
      forms.lazy.compactMap { $0.instructions(in: code, constants) }.first
    }
  }
}

extension [PythonLambda.Instruction] {
  /// The greatest number of values on the stack.
  fileprivate var depth: Int {
    var (depth, greatest) = (0, 0)
    for instruction in self {
      switch instruction {
      case .argument, .number: depth += 1
      case .binary, .end: depth -= 1
      }
      greatest = Swift.max(greatest, depth)
    }
    return greatest
  }
}
