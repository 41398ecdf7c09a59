package import NeuralNetwork
import Tensors

extension Activation: ONNXLayer {
  /// Adds the nodes of the function.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    activation.addNodes(to: graph, inputs[0])
  }
}

extension ELU: ONNXLayer {
  /// Adds an `Elu`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.map("Elu", inputs[0], [], [AttributeProto("alpha", .float(Float(alpha)))])
  }
}

extension LeakyReLU: ONNXLayer {
  /// Adds a `LeakyRelu`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.map("LeakyRelu", inputs[0], [], [AttributeProto("alpha", .float(Float(negativeSlope)))])
  }
}

extension PReLU: ONNXLayer {
  /// Adds a `PRelu` with the slopes in the order of the input.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    let slopes = graph.weight(
      "alpha", of: self, [0], extents: x.layout.extents(weights[0].shape.dimensions),
      form: { x.layout.ordered($0[0]) })
    return graph.map("PRelu", x, [slopes])
  }
}

extension ReLU: ONNXLayer {
  /// Adds a `Relu`, `Clip` or `LeakyRelu`, or several nodes for other options.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    let (slope, threshold) = (Float(negativeSlope), Float(threshold))
    let limit = maxValue.map { Float($0) }
    if slope == 0, threshold == 0 {
      return limit.map { graph.clip(x, to: 0, $0) } ?? graph.map("Relu", x)
    }
    let y =
      if threshold == 0 {
        graph.map("LeakyRelu", x, [], [AttributeProto("alpha", .float(slope))])
      } else if slope == 0 {
        graph.map("ThresholdedRelu", x, [], [AttributeProto("alpha", .float(threshold))])
      } else {
        aboveThreshold(x, graph)
      }
    return limit.map { graph.map("Min", y, [graph.scalar("max", $0)]) } ?? y
  }

  /// x above the threshold t, otherwise slope · (x − t).
  private func aboveThreshold(_ x: Value, _ graph: GraphBuilder) -> Value {
    let limit = graph.scalar("threshold", Float(threshold))
    let below = graph.map(
      "Mul", graph.map("Sub", x, [limit]), [graph.scalar("slope", Float(negativeSlope))])
    let isAbove = graph.addNode("Greater", [x.name, limit])[0]
    return graph.add(
      "Where", [isAbove, x.name, below.name], shape: x.shape, layout: x.layout)
  }
}

extension Softmax: ONNXLayer {
  /// Adds a `Softmax`; over several axes, its definition.
  ///
  /// Elements that a mask leaves out are replaced before it.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    guard inputs.count > 1 else { return addNodes(to: graph, inputs[0]) }
    let values = graph.aligned(inputs)
    let (x, mask) = (values[0], values[1].name)
    guard emptyRows != .averagedByScores else {
      let missing = graph.addNode("Sub", [mask, graph.scalar("one", 1)])[0]
      let penalty = graph.addNode("Mul", [missing, graph.scalar("far", 1e9)])[0]
      return addNodes(to: graph, graph.map("Add", x, [penalty]))
    }
    let isLeft = graph.addNode("Greater", [mask, graph.scalar("half", 0.5)])[0]
    func left(_ value: Value, else other: String) -> Value {
      graph.add("Where", [isLeft, value.name, other], shape: x.shape, layout: x.layout)
    }
    let shares = addNodes(to: graph, left(x, else: graph.scalar("far", -1e9)))
    return emptyRows == .zero ? left(shares, else: graph.scalar("nothing", 0)) : shares
  }

  private func addNodes(to graph: GraphBuilder, _ x: Value) -> Value {
    let axes = x.axes(axes)
    guard axes.count > 1 else {
      return graph.map("Softmax", x, [], [AttributeProto("axis", .integer(axes[0]))])
    }
    let names = graph.integers("axes", axes)
    let greatest = graph.addNode("ReduceMax", [x.name, names])[0]
    let powers = graph.map("Exp", graph.map("Sub", x, [greatest]))
    return graph.map("Div", powers, [graph.addNode("ReduceSum", [powers.name, names])[0]])
  }
}
