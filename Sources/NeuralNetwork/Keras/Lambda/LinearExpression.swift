/// A function x · scale + offset, written as a chain of operations between x and numbers, such as
/// `x / 127.5 - 1`.
struct LinearExpression: Equatable {
  /// The factor of x; not 0.
  let scale: Double
  /// The number that is added.
  let offset: Double
  /// The function in Python.
  let text: String

  /// A value on the stack of a function.
  private enum Value {
    case number(Double)
    case expression(Partial)
  }

  /// The function that the operations so far compute.
  private struct Partial {
    var scale = 1.0
    var offset = 0.0
    /// The greatest offset after any of the operations, in the unit of ``offset``.
    var greatestOffset = 0.0
    var text = "x"
    var isSum = false

    mutating func add(_ number: Double) {
      offset += number
      greatestOffset = max(greatestOffset, abs(number), abs(offset))
    }

    mutating func multiply(by number: Double) {
      scale *= number
      offset *= number
      greatestOffset *= abs(number)
    }

    /// Whether x · scale + offset has the rounding errors of the single steps: not if offsets
    /// cancel.
    var isCloseToSteps: Bool {
      (1e-9...1e9).contains(abs(scale)) && greatestOffset <= 1e6
        && abs(offset) * 16 >= greatestOffset
    }
  }

  /// Finds the expression that a function computes; `nil` if it is of another form.
  init?(_ function: PythonLambda) {
    var stack: [Value] = []
    for instruction in function.instructions {
      switch instruction {
      case .argument: stack.append(.expression(Partial()))
      case .number(let number):
        guard number.isFinite, number == 0 || Self.magnitudes.contains(abs(number)) else {
          return nil
        }
        stack.append(.number(number))
      case .binary(let operation):
        guard let second = stack.popLast(), let first = stack.popLast(),
          let result = Self.result(first, operation, second)
        else { return nil }
        stack.append(.expression(result))
      case .end:
        guard stack.count == 1, case .expression(let result) = stack[0],
          result.isCloseToSteps
        else { return nil }
        (scale, offset, text) = (result.scale, result.offset, result.text)
        return
      }
    }
    return nil
  }

  /// The numbers that may be used, so that nothing overflows or vanishes in 32 bits.
  private static let magnitudes = 1e-6...1e6

  /// Applies an operator to an expression and a number.
  private static func result(_ first: Value, _ operation: PythonLambda.Operator, _ second: Value)
    -> Partial?
  {
    var result: Partial
    let isProduct = operation == .multiply || operation == .divide
    switch (first, second) {
    case (.expression(let expression), .number(let number)):
      result = expression
      switch operation {
      case .add: result.add(number)
      case .subtract: result.add(-number)
      case .multiply: result.multiply(by: number)
      case .divide: result.multiply(by: 1 / number)
      }
      let operand = isProduct && expression.isSum ? "(\(expression.text))" : expression.text
      result.text = "\(operand) \(operation.rawValue) \(number.short)"
    case (.number(let number), .expression(let expression)):
      result = expression
      switch operation {
      case .add: result.add(number)
      case .subtract:
        result.multiply(by: -1)
        result.add(number)
      case .multiply: result.multiply(by: number)
      case .divide: return nil
      }
      // The operand on the right: 1 - (x - 2), 2 * (x / 3).
      let operand = expression.text == "x" ? "x" : "(\(expression.text))"
      result.text = "\(number.short) \(operation.rawValue) \(operand)"
    default: return nil
    }
    result.isSum = !isProduct
    return result
  }
}

extension Double {
  /// The number as in Python, without the fraction of a whole number.
  fileprivate var short: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
