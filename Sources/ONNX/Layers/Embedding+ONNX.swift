package import NeuralNetwork
import Tensors

extension Embedding: ONNXLayer {
  /// Adds a `Cast` to integers, which drops fractions, and a `Gather`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let table = graph.weight("embeddings", of: self, [0], extents: [inputCount, units])
    let numbers = graph.cast(
      graph.channelsLast(inputs[0]).name, to: TensorProto.DataType.integer)
    return graph.add("Gather", [table, numbers], shape: try resultShape(of: inputs))
  }

  /// The numbers that are not 0.
  func mask(of x: Value, in graph: GraphBuilder) -> StepMask {
    let x = graph.channelsLast(x)
    return StepMask(extents: x.shape.dimensions, in: graph) { graph in
      graph.addNode("Not", [graph.addNode("Equal", [x.name, graph.scalar("padding", 0)])[0]])[0]
    }
  }
}
