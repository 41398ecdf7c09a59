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
    if let open = Self.openGraph(of: architecture) {
      graph = open
    } else {
      graph = try Self.graph(of: architecture, more: 0, isOpen: false)
    }
    self.producerVersion = producerVersion
    self.metadata = metadata
    guard size <= Self.maximumSize else { throw .tooLarge(size: size) }
  }
}

extension ModelProto {
  /// Creates the graph of a model.
  ///
  /// - Parameters:
  ///   - architecture: The model.
  ///   - more: The number that is added to each extent that the model leaves open.
  ///   - isOpen: Whether nodes must not depend on these extents, where they need not.
  /// - Returns: The graph.
  /// - Throws: ``ONNXError`` if a layer cannot be expressed.
  static func graph(
    of architecture: Architecture, more: Int, isOpen: Bool
  ) throws(ONNXError) -> GraphProto {
    let builder = GraphBuilder(isOpen: isOpen)
    let inputs = architecture.inputs.map { input in
      let extents = zip(input.extents, input.shape).map { $0 == nil ? $1 + more : $1 }
      return Value(
        name: builder.uniqueName(input.name), shape: Shape(extents), layout: .channelsLast)
    }
    let results = try builder.add(architecture.graph, inputs)
    let outputs = zip(results, architecture.graph.outputNames).map { result, name in
      (value: builder.channelsLast(result), name: builder.uniqueName(name))
    }
    return builder.finish(architecture.name, inputs: inputs, outputs: outputs)
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
    return try add(layer, inputs)
  }

  /// Adds the nodes of a call of a layer, or of a model.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - inputs: The inputs of the call.
  /// - Returns: The outputs of the call, with their masks.
  /// - Throws: ``ONNXError`` if the layer cannot be expressed.
  func add(_ layer: Layer, _ inputs: [Value]) throws(ONNXError) -> [Value] {
    try within(layer.name) { () throws(ONNXError) -> [Value] in
      var outputs: [Value]
      switch layer {
      case let model as Model:
        guard let graph = model.graph else {
          throw .unsupported(
            layer: layer.name, reason: "is a model that does more than calling its layers")
        }
        return try add(graph, inputs)
      case is any OmittedLayer: outputs = [inputs[0]]
      case let layer as any ONNXLayer: outputs = try layer.addOutputs(to: self, inputs)
      default:
        throw .unsupported(
          layer: layer.name,
          reason: "is of the class '\(type(of: layer).className)', which has no form in ONNX")
      }
      // The states of a recurrent layer have no steps.
      let mask = mask(after: layer, inputs)
      for index in outputs.indices {
        outputs[index].mask = index < layer.sequenceOutputCount ? mask : nil
      }
      return outputs
    }
  }
}

extension Layer {
  /// Whether a call in training may give another result.
  fileprivate var computesOtherwiseInTraining: Bool {
    self is Model || self is BatchNormalization || !seedGenerators.isEmpty
  }
}
