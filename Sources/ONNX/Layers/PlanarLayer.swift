package import NeuralNetwork
import Tensors

/// A layer for images whose nodes serve a ``Spatial1D`` too: ONNX has the same operators for inputs
/// `[batch, channels, steps]`.
protocol PlanarLayer: ONNXLayer {
  /// Adds the nodes that compute what a layer computes at inference.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - inputs: The inputs of the call: images, or sequences.
  ///   - layer: The layer with the weights: this one, or the `Spatial1D` that it computes for.
  /// - Returns: The output of the call.
  /// - Throws: ``ONNXError`` if the options of the layer cannot be expressed.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value
}

extension PlanarLayer {
  /// Adds the nodes for images.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addNodes(to: graph, inputs, of: self)
  }
}

extension Spatial1D: ONNXLayer {
  /// Adds the nodes of the 2D counterpart, with one axis less.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    if let pooling = self as? GlobalAveragePooling1D, let mask = inputs[0].mask {
      return pooling.addNodes(to: graph, inputs[0], mask)
    }
    guard let planar = planar as? any PlanarLayer else {
      throw .unsupported(layer: name, reason: "has no form in ONNX")
    }
    return try planar.addNodes(to: graph, inputs, of: self)
  }
}

extension GlobalAveragePooling1D {
  /// Adds the sum of the steps that count, and its quotient by their number.
  fileprivate func addNodes(to graph: GraphBuilder, _ x: Value, _ mask: StepMask) -> Value {
    let isKept = graph.unsqueezed(mask.name, [2])
    let kept = graph.addNode(
      "Where", [isKept, graph.channelsLast(x).name, graph.scalar("nothing", 0)])[0]
    let channels = x.shape[1]
    func sum(_ name: String, _ shape: Shape) -> Value {
      graph.add(
        "ReduceSum", [name, graph.integers("steps", [1])],
        keepDimensions ? [] : [AttributeProto("keepdims", .integer(0))], shape: shape)
    }
    let first: [Int] = keepDimensions ? [1] : []
    let count = sum(graph.cast(isKept, to: TensorProto.DataType.float), Shape(first + [1]))
    return graph.map("Div", sum(kept, Shape(first + [channels])), [count.name])
  }
}
