package import NeuralNetwork
import Tensors

extension Masking: ONNXLayer {
  /// Adds the product with 1 for rows with an element other than the mask value, otherwise 0.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    guard maskValue != 0, !x.shape.isEmpty else { return x }
    let isEqual = graph.addNode("Equal", [x.name, graph.scalar("mask_value", Float(maskValue))])[0]
    let isOther = graph.addNode("Not", [isEqual])[0]
    let other = graph.addNode("Cast", [isOther], [AttributeProto("to", .integer(1))])[0]
    let axes = graph.integers("axes", [x.axis(x.shape.count)])
    return graph.map("Mul", x, [graph.addNode("ReduceMax", [other, axes])[0]])
  }
}
