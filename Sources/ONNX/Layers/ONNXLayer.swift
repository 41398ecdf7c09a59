package import NeuralNetwork
import Tensors

/// A layer with a form in ONNX.
///
/// To give a layer a form, conform it in a file of this folder, or to ``OmittedLayer``.
package protocol ONNXLayer: Layer {
  /// Adds the nodes that compute what the layer computes at inference.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - inputs: The inputs of the call; several if the layer merges inputs.
  /// - Returns: The output of the call.
  /// - Throws: ``ONNXError`` if the options of the layer cannot be expressed.
  func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value

  /// Adds the nodes of a layer that may have several outputs.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - inputs: The inputs of the call.
  /// - Returns: The outputs of the call; by default the one of ``addNodes(to:_:)``.
  /// - Throws: ``ONNXError`` if the options of the layer cannot be expressed.
  func addOutputs(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> [Value]
}

extension ONNXLayer {
  /// Adds the nodes of the one output.
  package func addOutputs(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> [Value] {
    [try addNodes(to: graph, inputs)]
  }
}

extension Layer {
  /// The shape of the output for inputs that the model has already been built with.
  func resultShape(of inputs: [Value]) throws(ONNXError) -> Shape {
    do throws(ShapeError) { return try outputShape(inputShapes: inputs.map(\.shape)) } catch {
      throw .unsupported(layer: error.layer, reason: error.problem)
    }
  }
}
