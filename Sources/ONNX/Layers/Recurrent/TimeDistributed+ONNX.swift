package import NeuralNetwork
import Tensors

extension TimeDistributed: ONNXLayer {
  /// Adds the nodes of the layer or model between two `Reshape`s: all steps are one batch.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsLast(inputs[0])
    let (steps, step) = (x.shape[0], Shape(x.shape.dropFirst()))
    let y = try graph.withBatch(ofSteps: steps) { () throws(ONNXError) -> Value in
      var input = graph.add(
        "Reshape", [x.name, graph.integers("step", [-1] + step)], shape: step)
      if let mask = x.mask, mask.extents.count > 1 {
        let extents = Array(mask.extents.dropFirst())
        input.mask = mask.mapped(to: extents) { $0.reshaped($1, [-1] + extents) }
      }
      return graph.channelsLast(try graph.add(layer, [input])[0])
    }
    let shape = Shape([steps] + y.shape)
    return graph.add("Reshape", [y.name, extents(of: x, shape, graph)], shape: shape)
  }

  /// The extents of the output, with −1 for the batch.
  private func extents(of x: Value, _ shape: Shape, _ graph: GraphBuilder) -> String {
    guard graph.isOpen else { return graph.integers("steps", [-1] + shape) }
    let parts = [
      graph.integers("batch", [-1]), graph.extent(of: x.name, axis: 1),
      graph.integers("step_of_output", Array(shape.dropFirst())),
    ]
    return graph.addNode("Concat", parts, [AttributeProto("axis", .integer(0))])[0]
  }
}
