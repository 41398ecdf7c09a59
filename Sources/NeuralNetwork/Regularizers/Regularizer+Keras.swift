import JSON
import Preconditions

extension Regularizer {
  /// The penalty l1 · Σ|w|.
  ///
  /// - Parameters:
  ///   - l1: The factor of the sum of absolute values, at least 0; Keras's default is 0.01.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The regularizer.
  public static func l1(
    _ l1: Double = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> Regularizer {
    .l1l2(l1: l1, l2: 0, file: file, line: line)
  }

  /// The penalty l2 · Σw², also called weight decay.
  ///
  /// - Parameters:
  ///   - l2: The factor of the sum of squares, at least 0; Keras's default is 0.01.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The regularizer.
  public static func l2(
    _ l2: Double = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> Regularizer {
    .l1l2(l1: 0, l2: l2, file: file, line: line)
  }

  /// The penalty l1 · Σ|w| + l2 · Σw².
  ///
  /// - Parameters:
  ///   - l1: The factor of the sum of absolute values, at least 0.
  ///   - l2: The factor of the sum of squares, at least 0.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The regularizer.
  public static func l1l2(
    l1: Double, l2: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> Regularizer {
    guard let regularizer = Regularizer(l1: l1, l2: l2) else {
      fail(
        "`l1` and `l2` must be finite and at least 0, but are \(l1) and \(l2).", file: file,
        line: line)
    }
    return regularizer
  }

  /// The penalty factor · mean |cosine| of all pairs of different rows or columns of a matrix.
  ///
  /// It is Keras's `OrthogonalRegularizer`.
  ///
  /// - Parameters:
  ///   - factor: The factor, at least 0; Keras's default is 0.01.
  ///   - mode: What is to be orthogonal; the rows of the kernel of a ``Dense`` layer belong to its
  ///     inputs, the columns to its units.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The regularizer, for weights and outputs with two axes.
  public static func orthogonal(
    _ factor: Double = 0.01, mode: Orthogonality.Mode = .rows, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Regularizer {
    guard let regularizer = Regularizer(orthogonal: mode, factor: factor) else {
      fail("`factor` must be finite and at least 0, but is \(factor).", file: file, line: line)
    }
    return regularizer
  }

  /// The regularizer in the form of any Keras generation; `nil` if it is another one.
  ///
  /// - Parameter json: A name, or an object with the class and its options.
  init?(keras json: JSON) {
    func factor(_ key: String, default value: Double) -> Double? {
      guard let option = json["config"]?[key], option != .null else { return value }
      return option.number
    }
    // A class of another module is another class.
    guard json["module"]?.string?.isModuleOfKeras ?? true else { return nil }
    let factors: (l1: Double?, l2: Double?)
    switch json.string ?? json["class_name"]?.string {
    case "L1", "l1": factors = (factor("l1", default: 0.01), 0)
    case "L2", "l2": factors = (0, factor("l2", default: 0.01))
    // The name alone has other defaults than the class.
    case "l1_l2": factors = (factor("l1", default: 0.01), factor("l2", default: 0.01))
    case "L1L2": factors = (factor("l1", default: 0), factor("l2", default: 0))
    case "OrthogonalRegularizer", "orthogonal_regularizer":
      let option = json["config"]?["mode"] ?? .null
      guard let factor = factor("factor", default: 0.01),
        let mode = option == .null ? .rows : option.string.flatMap(Orthogonality.Mode.init)
      else { return nil }
      self.init(orthogonal: mode, factor: factor)
      return
    default: return nil
    }
    guard let l1 = factors.l1, let l2 = factors.l2 else { return nil }
    self.init(l1: l1, l2: l2)
  }

  /// The regularizer in Keras's form.
  var kerasConfig: JSON {
    if let orthogonality {
      return .object([
        "class_name": .string("OrthogonalRegularizer"),
        "config": .object([
          "factor": .number(orthogonality.factor), "mode": .string(orthogonality.mode.rawValue),
        ]),
      ])
    }
    return .object([
      "class_name": .string("L1L2"),
      "config": .object(["l1": .number(l1), "l2": .number(l2)]),
    ])
  }
}
