package import NeuralNetwork
import Tensors

extension Masking: ONNXLayer {
  /// Adds the product with 1 for rows with an element other than the mask value, otherwise 0.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    guard maskValue != 0, !x.shape.isEmpty else { return x }
    return graph.map("Mul", x, [isKept(x, graph, keepsAxis: true)])
  }

  /// The rows with an element other than the mask value.
  func mask(of x: Value, in graph: GraphBuilder) -> StepMask {
    StepMask(extents: Array(x.shape.dropLast()), in: graph) { graph in
      graph.cast(self.isKept(x, graph, keepsAxis: false), to: TensorProto.DataType.boolean)
    }
  }

  /// 1 for rows with an element other than the mask value, otherwise 0.
  private func isKept(_ x: Value, _ graph: GraphBuilder, keepsAxis: Bool) -> String {
    let isEqual = graph.addNode("Equal", [x.name, graph.scalar("mask_value", Float(maskValue))])[0]
    let isOther = graph.addNode("Not", [isEqual])[0]
    let other = graph.cast(isOther, to: TensorProto.DataType.float)
    let axes = graph.integers("axes", [x.axis(x.shape.count)])
    return graph.addNode(
      "ReduceMax", [other, axes], keepsAxis ? [] : [AttributeProto("keepdims", .integer(0))])[0]
  }
}
