import NeuralNetwork
import Tensors

extension ActivationFunction {
  /// Adds the nodes of the function.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - x: The input.
  /// - Returns: The output.
  func addNodes(to graph: GraphBuilder, _ x: Value) -> Value {
    switch self {
    case .linear: x
    case .relu: graph.map("Relu", x)
    case .relu6: graph.clip(x, to: 0, 6)
    case .leakyReLU: graph.map("LeakyRelu", x, [], [AttributeProto("alpha", .float(0.2))])
    case .elu, .celu: graph.map("Elu", x)
    case .selu: graph.map("Selu", x)
    case .gelu: graph.gelu(x)
    case .silu: graph.map("Mul", x, [graph.map("Sigmoid", x).name])
    case .sigmoid: graph.map("Sigmoid", x)
    case .logSigmoid: graph.map("Neg", graph.map("Softplus", graph.map("Neg", x)))
    case .hardSigmoid: graph.hardSigmoid(x, slope: 1 / 6)
    case .keras2HardSigmoid: graph.hardSigmoid(x, slope: 0.2)
    case .hardSilu: graph.map("HardSwish", x)
    case .sparseSigmoid: graph.hardSigmoid(x, slope: 0.5)
    case .tanh: graph.map("Tanh", x)
    case .hardTanh: graph.clip(x, to: -1, 1)
    case .tanhShrink: graph.map("Sub", x, [graph.map("Tanh", x).name])
    case .hardShrink: graph.shrink(x, bias: 0)
    case .softShrink: graph.shrink(x, bias: 0.5)
    case .softplus: graph.map("Softplus", x)
    case .squareplus: graph.squareplus(x)
    case .sparsePlus: graph.sparsePlus(x)
    case .softsign: graph.map("Softsign", x)
    case .exponential: graph.map("Exp", x)
    case .mish: graph.map("Mish", x)
    case .softmax: graph.map("Softmax", x, [], [graph.lastAxis(of: x)])
    case .logSoftmax: graph.map("LogSoftmax", x, [], [graph.lastAxis(of: x)])
    case .sparsemax: graph.sparsemax(x)
    case .glu: graph.gatedLinearUnit(x)
    }
  }
}

extension GraphBuilder {
  /// The attribute `axis` for the last axis of Cairn.
  fileprivate func lastAxis(of x: Value) -> AttributeProto {
    AttributeProto("axis", .integer(x.axis(x.shape.count)))
  }

  /// Limits the elements to a range.
  func clip(_ x: Value, to low: Float, _ high: Float) -> Value {
    map("Clip", x, [scalar("min", low), scalar("max", high)])
  }

  fileprivate func hardSigmoid(_ x: Value, slope: Float) -> Value {
    map(
      "HardSigmoid", x, [],
      [AttributeProto("alpha", .float(slope)), AttributeProto("beta", .float(0.5))])
  }

  fileprivate func shrink(_ x: Value, bias: Float) -> Value {
    map(
      "Shrink", x, [],
      [AttributeProto("bias", .float(bias)), AttributeProto("lambd", .float(0.5))])
  }

  /// ½ x (1 + erf(x / √2)); the operator `Gelu` is newer than the operator set.
  fileprivate func gelu(_ x: Value) -> Value {
    let error = map("Erf", map("Mul", x, [scalar("root_half", Float(0.5).squareRoot())]))
    let factor = map("Add", error, [scalar("one", 1)])
    return map("Mul", map("Mul", x, [factor.name]), [scalar("half", 0.5)])
  }

  fileprivate func squareplus(_ x: Value) -> Value {
    let square = map("Add", map("Mul", x, [x.name]), [scalar("four", 4)])
    return map("Mul", map("Add", x, [map("Sqrt", square).name]), [scalar("half", 0.5)])
  }

  /// (c + 1)² / 4 + max(x − 1, 0), where c is x clipped to −1...1.
  fileprivate func sparsePlus(_ x: Value) -> Value {
    let one = scalar("one", 1)
    let root = map("Add", clip(x, to: -1, 1), [one])
    let square = map("Mul", map("Mul", root, [root.name]), [scalar("quarter", 0.25)])
    return map("Add", square, [map("Relu", map("Sub", x, [one])).name])
  }

  fileprivate func gatedLinearUnit(_ x: Value) -> Value {
    let halves = addNode(
      "Split", [x.name], [lastAxis(of: x), AttributeProto("num_outputs", .integer(2))],
      outputCount: 2)
    let shape = Shape(x.shape.dropLast() + [(x.shape.last ?? 0) / 2])
    let gate = add("Sigmoid", [halves[1]], shape: shape, layout: x.layout)
    return add("Mul", [halves[0], gate.name], shape: shape, layout: x.layout)
  }
}
