package import NeuralNetwork
import Tensors

extension Flatten: ONNXLayer {
  /// Adds a `Flatten` of the elements in Cairn's order.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    guard inputs[0].shape.count != 1 else { return inputs[0] }
    return graph.add(
      "Flatten", [graph.inOrder(inputs[0]).name], shape: try resultShape(of: inputs))
  }
}

extension Reshape: ONNXLayer {
  /// Adds a `Reshape` of the elements in Cairn's order.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let shape = try resultShape(of: inputs)
    guard shape != inputs[0].shape else { return inputs[0] }
    // 0 stands for the batch.
    let extents = graph.integers("shape", [0] + shape)
    return graph.add("Reshape", [graph.inOrder(inputs[0]).name, extents], shape: shape)
  }
}

extension RepeatVector: ONNXLayer {
  /// Adds an `Unsqueeze` and an `Expand`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let step = graph.addNode("Unsqueeze", [inputs[0].name, graph.integers("axes", [1])])[0]
    return graph.add(
      "Expand", [step, graph.integers("shape", [1, count, 1])],
      shape: try resultShape(of: inputs))
  }
}

extension Permute: ONNXLayer {
  /// Adds a `Transpose`, unless the axes have an order of images in the graph already.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = inputs[0]
    let shape = try resultShape(of: inputs)
    let order = [0] + dims.map(x.axis)
    for layout in [Value.Layout.channelsLast, .channelsFirst]
    where order.indices.allSatisfy({ layout.axis($0, rank: order.count) == order[$0] }) {
      return Value(name: x.name, shape: shape, layout: layout)
    }
    return graph.add(
      "Transpose", [x.name], [AttributeProto("perm", .integers(order))], shape: shape)
  }
}
