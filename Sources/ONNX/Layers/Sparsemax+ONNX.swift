import NeuralNetwork
import Tensors

extension GraphBuilder {
  /// Adds the nodes of sparsemax along the last axis of Cairn, with Keras's τ: the sum of the
  /// partial sums of the elements above it, less 1, divided by their number.
  func sparsemax(_ x: Value) -> Value {
    let count = x.shape.last ?? 1
    let axis = x.axis(x.shape.count)
    let ranks = constant(
      "ranks", (1...max(count, 1)).map(Float.init),
      extents: [count] + Array(repeating: 1, count: x.shape.count - axis))
    let (one, zero, axes) = (scalar("one", 1), scalar("zero", 0), integers("axes", [axis]))

    let sorted = addNode(
      "TopK", [x.name, integers("k", [count])], [AttributeProto("axis", .integer(axis))],
      outputCount: 2)[0]
    let sums = addNode("CumSum", [sorted, axes])[0]
    let means = addNode("Div", [addNode("Sub", [sums, one])[0], ranks])[0]
    let isAbove = addNode("Greater", [addNode("Sub", [sorted, means])[0], zero])[0]
    let above = addNode("Cast", [isAbove], [AttributeProto("to", .integer(1))])[0]
    let total = addNode("ReduceSum", [addNode("Mul", [sums, above])[0], axes])[0]
    let number = addNode("ReduceSum", [above, axes])[0]
    let threshold = addNode("Div", [addNode("Sub", [total, one])[0], number])[0]
    return map("Relu", map("Sub", x, [threshold]))
  }
}
