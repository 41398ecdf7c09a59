package import NeuralNetwork
import Tensors

extension Add: ONNXLayer {
  /// Adds an `Add`, or a `Sum` of more than two inputs.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addNode(inputs.count == 2 ? "Add" : "Sum", to: graph, inputs)
  }
}

extension Average: ONNXLayer {
  /// Adds a `Mean`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addNode("Mean", to: graph, inputs)
  }
}

extension Maximum: ONNXLayer {
  /// Adds a `Max`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addNode("Max", to: graph, inputs)
  }
}

extension Minimum: ONNXLayer {
  /// Adds a `Min`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addNode("Min", to: graph, inputs)
  }
}

extension Multiply: ONNXLayer {
  /// Adds a `Mul` for each input but the first.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    var y = inputs[0]
    for x in inputs.dropFirst() { y = try addNode("Mul", to: graph, [y, x]) }
    return y
  }
}

extension Subtract: ONNXLayer {
  /// Adds a `Sub`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addNode("Sub", to: graph, inputs)
  }
}

extension Dot: ONNXLayer {
  /// Adds a `MatMul` of inputs that are transposed and reshaped to matrices.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let shape = try resultShape(of: inputs)
    let (i, j) = positions((inputs[0].shape.count + 1, inputs[1].shape.count + 1))
    func matrix(_ x: Value, _ axis: Int, isLast: Bool) -> String {
      var x = graph.channelsLast(x)
      if normalize { x = graph.unitNormalized(x, axes: [axis], atLeast: 1e-7) }
      let others = (1...x.shape.count).filter { $0 != axis }
      let order = [0] + (isLast ? others + [axis] : [axis] + others)
      let name =
        order == Array(order.indices)
        ? x.name
        : graph.addNode("Transpose", [x.name], [AttributeProto("perm", .integers(order))])[0]
      let inner = x.shape[axis - 1]
      // 0 stands for the batch.
      let extents = graph.integers(
        isLast ? "rows" : "columns", isLast ? [0, -1, inner] : [0, inner, -1])
      return graph.addNode("Reshape", [name, extents])[0]
    }
    let operands = [matrix(inputs[0], i, isLast: true), matrix(inputs[1], j, isLast: false)]
    let product = graph.addNode("MatMul", operands)[0]
    return graph.add(
      "Reshape", [product, graph.integers("shape", [0] + shape)], shape: shape)
  }
}

extension Concatenate: ONNXLayer {
  /// Adds a `Concat`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    guard inputs.count > 1 else { return inputs[0] }
    let aligned = graph.aligned(inputs)
    let position = aligned[0].axes([axis])[0]
    return graph.add(
      "Concat", aligned.map(\.name), [AttributeProto("axis", .integer(position))],
      shape: try resultShape(of: inputs), layout: aligned[0].layout)
  }
}

extension Merge {
  /// Adds a node that merges the inputs elementwise.
  fileprivate func addNode(
    _ operatorType: String, to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> Value {
    guard inputs.count > 1 else { return inputs[0] }
    let rank = inputs.map(\.shape.count).max() ?? 0
    let isFirst = inputs.contains { $0.layout == .channelsFirst }
    let expanded = inputs.map { graph.expanded($0, to: rank, hasImages: isFirst) }
    let aligned = graph.aligned(expanded)
    return graph.add(
      operatorType, aligned.map(\.name), shape: try resultShape(of: inputs),
      layout: aligned[0].layout)
  }
}

extension GraphBuilder {
  /// The value with extents of 1 after its batch axis.
  ///
  /// - Parameters:
  ///   - x: The value.
  ///   - rank: The number of axes that it gets, without the batch axis.
  ///   - hasImages: Whether it meets images with channels first.
  /// - Returns: The value with all axes.
  fileprivate func expanded(_ x: Value, to rank: Int, hasImages: Bool) -> Value {
    let missing = rank - x.shape.count
    guard missing > 0 else { return x }
    let shape = Shape(Array(repeating: 1, count: missing) + x.shape)
    let isFirst = hasImages && x.shape.count == 1
    let axes = isFirst ? Array(2...rank) : Array(1...missing)
    return add(
      "Unsqueeze", [channelsLast(x).name, integers("axes", axes)], shape: shape,
      layout: isFirst ? .channelsFirst : .channelsLast)
  }
}
