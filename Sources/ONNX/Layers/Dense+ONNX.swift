package import NeuralNetwork
import Tensors

extension Dense: ONNXLayer {
  /// Adds a `Gemm`, or for inputs of more axes `MatMul` and `Add`, and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsLast(inputs[0])
    let shape = Shape(x.shape.dropLast() + [units])
    let kernel = graph.weight("kernel", of: self, [0], extents: weights[0].shape.dimensions)
    let bias = useBias ? graph.weight("bias", of: self, [1], extents: [units]) : nil
    let y: Value
    if x.shape.count == 1, let bias {
      y = graph.add("Gemm", [x.name, kernel, bias], shape: shape)
    } else {
      let product = graph.add("MatMul", [x.name, kernel], shape: shape)
      y = bias.map { graph.map("Add", product, [$0]) } ?? product
    }
    return activation.addNodes(to: graph, y)
  }
}
