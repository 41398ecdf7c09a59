package import NeuralNetwork
import Tensors

extension CategoryEncoding: ONNXLayer {
  /// Adds comparisons with the numbers of all categories.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    graph.encoded(
      graph.channelsLast(inputs[0]), mode, count: count, shape: try resultShape(of: inputs))
  }
}

extension Discretization: ONNXLayer {
  /// Adds the number of boundaries that a value is not below, and its encoding.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsLast(inputs[0])
    let limits = graph.constant(
      "boundaries", boundaries.map { Float($0) }, extents: [boundaries.count])
    let axis = x.shape.count + 1
    let isBelow = graph.addNode("Less", [graph.unsqueezed(x.name, [axis]), limits])[0]
    let passed = graph.cast(
      graph.addNode("Not", [isBelow])[0], to: TensorProto.DataType.float)
    let number = graph.add(
      "ReduceSum", [passed, graph.integers("axes", [axis])],
      [AttributeProto("keepdims", .integer(0))], shape: x.shape)
    return graph.encoded(
      number, mode, count: boundaries.count + 1, shape: try resultShape(of: inputs))
  }
}

extension GraphBuilder {
  /// Encodes numbers of categories; those outside of `0..<count` leave zeros.
  fileprivate func encoded(
    _ x: Value, _ mode: CategoryMode, count: Int, shape: Shape
  ) -> Value {
    guard mode != .integer else { return x }
    // A number loses its fraction: 0 takes everything above −1.
    let least = [Float(-1).nextUp] + (1..<count).map(Float.init)
    let limits = constant("least", least, extents: [count])
    let above = constant("above", (1...count).map(Float.init), extents: [count])
    // An axis of one number becomes that of the categories.
    let isOneNumber = mode == .oneHot && x.shape.last == 1
    let numbers = isOneNumber ? x.name : unsqueezed(x.name, [x.shape.count + 1])
    let isCategory = addNode(
      "And",
      [addNode("GreaterOrEqual", [numbers, limits])[0], addNode("Less", [numbers, above])[0]])[0]
    guard mode != .oneHot, !x.shape.isEmpty else {
      return add(
        "Cast", [isCategory], [AttributeProto("to", .integer(TensorProto.DataType.float))],
        shape: shape)
    }
    return add(
      mode == .count ? "ReduceSum" : "ReduceMax",
      [cast(isCategory, to: TensorProto.DataType.float), integers("numbers", [1])],
      [AttributeProto("keepdims", .integer(0))], shape: shape)
  }
}
