import JSON

/// An operation on tensors between the layers of a functional model, such as `x * 2 + y`, as the
/// layer that computes the same.
///
/// Keras 3 writes operations under the names of their classes, and `tf_keras` as layers of the
/// class `TFOpLambda`.
struct TensorOperation {
  /// The layer.
  let layer: Layer

  /// The call of the layer, as an element of its `inbound_nodes`.
  let call: JSON

  /// An argument of an operation.
  private enum Argument {
    case tensor(JSON)
    case number(Double)
  }

  /// Reads an entry of the list of layers; `nil` if it is a layer.
  ///
  /// - Parameters:
  ///   - entry: The entry.
  ///   - name: Its name.
  /// - Throws: ``KerasError/unsupportedForm(_:)`` if the operation is not supported.
  init?(_ entry: JSON, named name: String) throws(KerasError) {
    let isTensorFlow = entry["class_name"]?.string == "TFOpLambda"
    guard let className = entry["class_name"]?.string,
      isTensorFlow || Self.isOperation(entry)
    else { return nil }
    let function = isTensorFlow ? entry["config"]?["function"]?.string ?? "" : className
    guard let calls = entry["inbound_nodes"]?.array, calls.count == 1,
      let arguments =
        isTensorFlow ? Self.tensorFlowArguments(calls[0]) : Self.arguments(calls[0]),
      let layer = Self.layer(function, arguments, entry["config"], named: name)
    else {
      let label = isTensorFlow ? "tf.\(function)" : function
      let isKnown = Self.operations[function] != nil || Self.activations[function] != nil
      throw .unsupportedForm(
        "the operation '\(name)' (\(label)) is not supported"
          + (isKnown ? " with these arguments" : ""))
    }
    self.layer = layer
    (layer as? Merge)?.isOperation = true
    let tensors = arguments.compactMap { argument in
      if case .tensor(let tensor) = argument { tensor } else { nil }
    }
    if isTensorFlow {
      call = .array(tensors)
    } else {
      call = .object(["args": .array(tensors.count > 1 ? [.array(tensors)] : tensors)])
    }
  }

  /// Whether an entry of Keras 3 is an operation: a class of the module of operations, or, in an
  /// `.h5` file, which names no modules, a class that is no layer or is not called on a list.
  private static func isOperation(_ entry: JSON) -> Bool {
    if let module = entry["module"]?.string { return module.hasPrefix("keras.src.ops.") }
    guard entry["module"] == nil, let className = entry["class_name"]?.string,
      let arguments = entry["inbound_nodes"]?.array?.first?["args"]?.array
    else { return false }
    if arguments.count == 2, operations[className] != nil {
      return arguments.allSatisfy { $0.array == nil }
    }
    let isKnown = className == "Negative" || activations[className] != nil
    return isKnown && KerasRegistry.layer(named: className) == nil
  }

  // MARK: - Arguments

  /// The arguments in `{"args": [tensor, 3.0], "kwargs": {}}`; `nil` for others.
  private static func arguments(_ call: JSON) -> [Argument]? {
    guard (call["kwargs"]?.object ?? [:]).allSatisfy({ $0.value == .null }),
      let values = call["args"]?.array
    else { return nil }
    let arguments = values.compactMap { value -> Argument? in
      if value["class_name"]?.string == "__keras_tensor__" { return .tensor(value) }
      return value.number.map(Argument.number)
    }
    return arguments.count == values.count ? arguments : nil
  }

  /// The arguments in `["dense", 0, 0, {"y": 3.0, "name": null}]`; `nil` for others.
  ///
  /// The first element of a constant is `_CONSTANT_VALUE`, its third the number.
  private static func tensorFlowArguments(_ call: JSON) -> [Argument]? {
    guard let first = (call.array?.first?.array ?? call.array), first.count == 4,
      let keywords = first[3].object
    else { return nil }
    var arguments: [Argument]
    if first[0].string == "_CONSTANT_VALUE" {
      guard let number = first[2].number else { return nil }
      arguments = [.number(number)]
    } else {
      arguments = [.tensor(.array(Array(first[..<3]) + [.object([:])]))]
    }
    for (key, value) in keywords where value != .null {
      guard key == "y" else { return nil }
      if let number = value.number {
        arguments.append(.number(number))
      } else if let tensor = value.array, tensor.count >= 3, tensor[0].string != nil {
        arguments.append(.tensor(.array(Array(tensor[..<3]) + [.object([:])])))
      } else {
        return nil
      }
    }
    return arguments
  }

  // MARK: - Layers

  /// The layer for a function and its arguments; `nil` if there is none.
  private static func layer(
    _ function: String, _ arguments: [Argument], _ config: JSON?, named name: String
  ) -> Layer? {
    switch arguments.count {
    case 1:
      guard case .tensor = arguments[0] else { return nil }
      if ["Negative", "math.negative"].contains(function) { return Rescaling(-1, name: name) }
      // Operations with options of their own have more members than the name.
      let options = (config?.object ?? [:]).filter { $0.key != "name" && $0.key != "function" }
      let isPlain = options.allSatisfy {
        ["trainable", "dtype"].contains($0.key)
          || ($0.key, $0.value) == ("axis", .integer(-1))
      }
      return isPlain ? activations[function].map { Activation($0, name: name) } : nil
    case 2:
      guard let operation = operations[function] else { return nil }
      switch (arguments[0], arguments[1]) {
      case (.tensor, .tensor): return operation.layer(named: name)
      case (.tensor, .number(let y)): return operation.layer(of: y, isFirst: false, named: name)
      case (.number(let x), .tensor): return operation.layer(of: x, isFirst: true, named: name)
      default: return nil
      }
    default: return nil
    }
  }

  /// The functions of one tensor.
  private static let activations: [String: ActivationFunction] = [
    "Relu": .relu, "Relu6": .relu6, "Sigmoid": .sigmoid, "Tanh": .tanh, "Softmax": .softmax,
    "Softplus": .softplus, "Softsign": .softsign, "Silu": .silu, "Selu": .selu,
    "Exp": .exponential,
    "nn.relu": .relu, "nn.relu6": .relu6, "nn.sigmoid": .sigmoid, "math.sigmoid": .sigmoid,
    "nn.tanh": .tanh, "math.tanh": .tanh, "nn.softmax": .softmax, "math.softplus": .softplus,
    "nn.softsign": .softsign, "nn.silu": .silu, "nn.selu": .selu, "math.exp": .exponential,
  ]

  private enum Operation {
    case add, subtract, multiply, divide, maximum, minimum

    /// The layer for two tensors.
    func layer(named name: String) -> Layer? {
      switch self {
      case .add: Add(name: name)
      case .subtract: Subtract(name: name)
      case .multiply: Multiply(name: name)
      case .maximum: Maximum(name: name)
      case .minimum: Minimum(name: name)
      case .divide: nil
      }
    }

    /// The layer for a tensor and a number, which may be the first argument.
    func layer(of number: Double, isFirst: Bool, named name: String) -> Layer? {
      guard number.isFinite, Float(number).isFinite else { return nil }
      let coefficients: (scale: Double, offset: Double)? =
        switch self {
        case .add: (1, number)
        case .subtract: isFirst ? (-1, number) : (1, -number)
        case .multiply: (number, 0)
        case .divide: isFirst || number == 0 ? nil : (1 / number, 0)
        case .maximum, .minimum: nil
        }
      return coefficients.map {
        Rescaling(.scalar($0.scale), offset: .scalar($0.offset), name: name)
      }
    }
  }

  /// The functions of two arguments.
  private static let operations: [String: Operation] = [
    "Add": .add, "Subtract": .subtract, "Multiply": .multiply, "Divide": .divide,
    "TrueDivide": .divide, "Maximum": .maximum, "Minimum": .minimum,
    "__operators__.add": .add, "math.add": .add, "math.subtract": .subtract,
    "math.multiply": .multiply, "math.truediv": .divide, "math.divide": .divide,
    "math.maximum": .maximum, "math.minimum": .minimum,
  ]
}
