import Tensors

/// Watches which of its layers a model calls, and with what, while it runs once.
///
/// So a model that was written as a subclass can be saved as the graph that it is, and Keras can
/// rebuild it without the class.
final class CallTrace {
  private struct Call {
    let layer: Layer
    let inputs: [Tensor]
    let output: Tensor
  }

  private var calls: [Call] = []

  /// Takes note of a call.
  ///
  /// - Returns: The output, as a tensor that is nobody else's: a layer may return what it was given, or
  ///   share it, and then nobody could tell the two apart.
  func record(_ layer: Layer, from inputs: [Tensor], to output: Tensor) -> Tensor {
    let output = Tensor(output.scalars, shape: output.shape)
    calls.append(Call(layer: layer, inputs: inputs, output: output))
    return output
  }

  /// The calls as a graph, if each took only the model's input and results of other calls, and the
  /// model returned one of these.
  func graph(from input: Tensor, to output: Tensor) -> Graph? {
    var found: [Graph.Call] = []
    func source(of tensor: Tensor) -> Graph.Source? {
      if tensor.isSame(as: input) { return .input }
      return calls[..<found.count].firstIndex { $0.output.isSame(as: tensor) }.map { .call($0) }
    }
    for call in calls {
      let sources = call.inputs.compactMap(source)
      guard sources.count == call.inputs.count else { return nil }
      found.append(Graph.Call(layer: call.layer, inputs: sources))
    }
    guard let source = source(of: output) else { return nil }
    return Graph(calls: found, output: source)
  }
}
