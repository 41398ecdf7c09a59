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
    guard let planar = planar as? any PlanarLayer else {
      throw .unsupported(layer: name, reason: "has no form in ONNX")
    }
    return try planar.addNodes(to: graph, inputs, of: self)
  }
}
