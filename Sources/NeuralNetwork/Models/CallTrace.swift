import Tensors

/// Records the layer calls of a model and their inputs while the model runs once.
///
/// From this trace, a subclassed model can be saved as a graph, so that Keras can rebuild it
/// without the class.
final class CallTrace {
  private struct Call {
    let layer: Layer
    let inputs: [Tensor]
    let output: Tensor
  }

  private var calls: [Call] = []

  /// Records a call.
  ///
  /// - Returns: The output as a new tensor, so that it can be told apart from the input even if the
  ///   layer returns its input.
  func record(_ layer: Layer, from inputs: [Tensor], to output: Tensor) -> Tensor {
    let output = Tensor(output.scalars, shape: output.shape).withMask(output.mask)
    calls.append(Call(layer: layer, inputs: inputs, output: output))
    return output
  }

  /// The calls as a graph; `nil` unless all inputs and the output are results of calls or the
  /// model's input.
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
