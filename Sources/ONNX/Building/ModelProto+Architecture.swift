package import NeuralNetwork
import Tensors

extension ModelProto {
  /// Creates the ONNX form of a model for inference.
  ///
  /// The input is the model's own, channels last. Images are transposed where the first layer needs
  /// channels first, and back where a layer such as `Flatten` depends on the order.
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
    let input = Value(
      name: builder.uniqueName(architecture.inputName), shape: architecture.inputShape,
      layout: .channelsLast)
    let result = try builder.add(architecture.graph, input)
    let output = builder.channelsLast(result)
    var outputName = architecture.inputName
    if case .call(let index) = architecture.graph.output {
      outputName = architecture.graph.calls[index].layer.name
    }
    graph = builder.finish(
      architecture.name, input: input, output: output, named: builder.uniqueName(outputName))
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
  ///   - input: The model's input.
  /// - Returns: The model's output.
  /// - Throws: ``ONNXError`` if a layer cannot be expressed.
  func add(_ graph: Graph, _ input: Value) throws(ONNXError) -> Value {
    var results: [Value] = []
    func value(of source: Graph.Source) -> Value {
      guard case .call(let index) = source else { return input }
      return results[index]
    }
    for call in graph.calls {
      results.append(try add(call, call.inputs.map(value)))
    }
    return value(of: graph.output)
  }

  private func add(_ call: Graph.Call, _ inputs: [Value]) throws(ONNXError) -> Value {
    let layer = call.layer
    if call.isTrainingObeyed, call.training == true, layer.computesOtherwiseInTraining {
      throw .unsupported(
        layer: layer.name, reason: "is called with training=True, but ONNX is for inference")
    }
    return try within(layer.name) { () throws(ONNXError) in
      switch layer {
      case let model as Model:
        guard let graph = model.graph else {
          throw .unsupported(
            layer: layer.name, reason: "is a model that does more than calling its layers")
        }
        return try add(graph, inputs[0])
      case is any OmittedLayer: return inputs[0]
      case let layer as any ONNXLayer: return try layer.addNodes(to: self, inputs)
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
