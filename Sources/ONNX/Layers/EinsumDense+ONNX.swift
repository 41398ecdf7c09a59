package import NeuralNetwork
import Tensors

extension EinsumDense: ONNXLayer {
  /// Adds an `Einsum`, an `Add` of the bias, and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let shape = try resultShape(of: inputs)
    let x = graph.channelsLast(inputs[0])
    guard let equation = letterEquation(rank: x.shape.count + 1) else {
      throw .unsupported(layer: name, reason: "has an equation that does not fit its input")
    }
    let kernel = graph.weight("kernel", of: self, [0], extents: weights[0].shape.dimensions)
    var y = graph.add(
      "Einsum", [x.name, kernel], [AttributeProto("equation", .string(equation))], shape: shape)
    if weights.count > 1 {
      let bias = graph.weight("bias", of: self, [1], extents: weights[1].shape.dimensions)
      y = graph.map("Add", y, [bias])
    }
    return activation.addNodes(to: graph, y)
  }
}
