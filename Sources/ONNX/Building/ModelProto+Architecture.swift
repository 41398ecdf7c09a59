package import NeuralNetwork
import Tensors

extension ModelProto {
  /// Creates the ONNX form of a model for inference.
  ///
  /// The inputs are the model's own, channels last. Images are transposed where the first layer
  /// needs channels first, and back where a layer such as `Flatten` depends on the order.
  ///
  /// - Parameters:
  ///   - architecture: The model, whose layers have the shapes of their weights.
  ///   - producerVersion: The version of Cairn.
  ///   - metadata: Facts about the model, by name.
  /// - Throws: ``ONNXError`` if a layer cannot be expressed, or the file would be too large.
  package init(
    _ architecture: Architecture, producerVersion: String, metadata: [(key: String, value: String)]
  ) throws(ONNXError) {
    let builder = GraphBuilder()
    let inputs = architecture.inputs.map { input in
      Value(name: builder.uniqueName(input.name), shape: input.shape, layout: .channelsLast)
    }
    let results = try builder.add(architecture.graph, inputs)
    let outputs = zip(results, architecture.graph.outputNames).map { result, name in
      (value: builder.channelsLast(result), name: builder.uniqueName(name))
    }
    graph = builder.finish(architecture.name, inputs: inputs, outputs: outputs)
    self.producerVersion = producerVersion
    self.metadata = metadata
    guard size <= Self.maximumSize else { throw .tooLarge(size: size) }
  }
}

extension GraphBuilder {
  /// Adds the nodes of all calls of a graph.
  ///
  /// - Parameters:
  ///   - graph: The graph of a model.
  ///   - inputs: The model's inputs.
  /// - Returns: The model's outputs.
  /// - Throws: ``ONNXError`` if a layer cannot be expressed.
  func add(_ graph: Graph, _ inputs: [Value]) throws(ONNXError) -> [Value] {
    var results: [[Value]] = []
    func value(of source: Graph.Source) -> Value {
      switch source {
      case .input(let index): inputs[index]
      case .call(let index, let output): results[index][output]
      }
    }
    for call in graph.calls {
      results.append(try add(call, call.inputs.map(value)))
    }
    return graph.outputs.map(value)
  }

  private func add(_ call: Graph.Call, _ inputs: [Value]) throws(ONNXError) -> [Value] {
    let layer = call.layer
    if call.isTrainingObeyed, call.training == true, layer.computesOtherwiseInTraining {
      throw .unsupported(
        layer: layer.name, reason: "is called with training=True, but ONNX is for inference")
    }
    return try within(layer.name) { () throws(ONNXError) -> [Value] in
      switch layer {
      case let model as Model:
        guard let graph = model.graph else {
          throw .unsupported(
            layer: layer.name, reason: "is a model that does more than calling its layers")
        }
        return try add(graph, inputs)
      case is any OmittedLayer: return [inputs[0]]
      case let layer as any ONNXLayer: return [try layer.addNodes(to: self, inputs)]
      default:
        throw .unsupported(
          layer: layer.name,
          reason: "is of the class '\(type(of: layer).className)', which has no form in ONNX")
      }
    }
  }
}

extension Layer {
  /// Whether a call in training may give another result.
  fileprivate var computesOtherwiseInTraining: Bool {
    self is Model || self is BatchNormalization || !seedGenerators.isEmpty
  }
}
