extension PythonLambda {
  /// The numbers and sizes of instructions in some versions of Python.
  ///
  /// Source: Lib/opcode.py of CPython 3.5 to 3.12, Include/opcode_ids.h of 3.13, and the arguments
  /// of BINARY_OP in Include/opcode.h.
  struct Bytecode {
    /// RESUME, with which functions begin since Python 3.11.
    private let resume: UInt8?
    /// LOAD_FAST.
    private let loadFast: UInt8
    /// LOAD_CONST.
    private let loadConstant: UInt8
    /// RETURN_VALUE.
    private let returnValue: UInt8
    /// The instructions of operators: `BINARY_OP` with its arguments since Python 3.11.
    private let operators: [[UInt8]: Operator]
    /// Whether all instructions have two bytes: otherwise three with an argument, and one without.
    private let isWordCode: Bool
    /// The empty bytes after an operator.
    private let cacheSize: Int

    private static let operatorsBefore311: [[UInt8]: Operator] = [
      [20]: .multiply, [23]: .add, [24]: .subtract, [27]: .divide,
    ]

    private static func binary(_ code: UInt8) -> [[UInt8]: Operator] {
      [[code, 0]: .add, [code, 5]: .multiply, [code, 10]: .subtract, [code, 11]: .divide]
    }

    static let python35 = Bytecode(
      resume: nil, loadFast: 124, loadConstant: 100, returnValue: 83,
      operators: operatorsBefore311, isWordCode: false, cacheSize: 0)
    static let python36 = Bytecode(
      resume: nil, loadFast: 124, loadConstant: 100, returnValue: 83,
      operators: operatorsBefore311, isWordCode: true, cacheSize: 0)
    static let python311 = Bytecode(
      resume: 151, loadFast: 124, loadConstant: 100, returnValue: 83, operators: binary(122),
      isWordCode: true, cacheSize: 2)
    static let python313 = Bytecode(
      resume: 149, loadFast: 85, loadConstant: 83, returnValue: 36, operators: binary(45),
      isWordCode: true, cacheSize: 2)

    /// Reads code; `nil` unless it consists of these instructions alone and ends with the only
    /// return.
    func instructions(in code: [UInt8], _ constants: [MarshalledValue]) -> [Instruction]? {
      var rest = code[...]
      if let resume {
        guard rest.starts(with: [resume, 0]) else { return nil }
        rest = rest.dropFirst(2)
      }
      var found: [Instruction] = []
      while !rest.isEmpty {
        guard let (instruction, size) = instruction(in: rest, constants) else { return nil }
        found.append(instruction)
        rest = rest.dropFirst(size)
        if instruction == .end { return rest.isEmpty ? found : nil }
      }
      return nil
    }

    private func instruction(
      in rest: ArraySlice<UInt8>, _ constants: [MarshalledValue]
    ) -> (Instruction, size: Int)? {
      let bytes = Array(rest.prefix(isWordCode ? 2 : 3))
      let code = bytes[0]
      if code == loadFast || code == loadConstant {
        guard bytes.count == (isWordCode ? 2 : 3), isWordCode || bytes[2] == 0 else { return nil }
        let index = Int(bytes[1])
        if code == loadFast { return index == 0 ? (.argument, bytes.count) : nil }
        guard constants.indices.contains(index) else { return nil }
        switch constants[index] {
        case .integer(let number): return (.number(Double(number)), bytes.count)
        case .float(let number): return (.number(number), bytes.count)
        default: return nil
        }
      }
      guard !isWordCode || bytes.count == 2 else { return nil }
      let hasNoArgument = !isWordCode || bytes[1] == 0
      let size = isWordCode ? 2 : 1
      if code == returnValue { return hasNoArgument ? (.end, size) : nil }
      if let operation = operators[[code]] {
        return hasNoArgument ? (.binary(operation), size) : nil
      }
      guard isWordCode, let operation = operators[bytes] else { return nil }
      let cache = rest.dropFirst(size).prefix(cacheSize)
      guard cache.count == cacheSize, cache.allSatisfy({ $0 == 0 }) else { return nil }
      return (.binary(operation), size + cacheSize)
    }
  }
}
