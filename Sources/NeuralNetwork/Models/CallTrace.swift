import Tensors

/// Records the layer calls of a model and their inputs while the model runs once.
///
/// From this trace, a subclassed model can be saved as a graph, so that Keras can rebuild it
/// without the class.
final class CallTrace {
  private struct Call {
    let layer: Layer
    let inputs: [Tensor]
    let outputs: [Tensor]
  }

  private var calls: [Call] = []

  /// Records a call.
  ///
  /// - Returns: The outputs as new tensors, so that they can be told apart from the inputs even if
  ///   the layer returns its input.
  func record(_ layer: Layer, from inputs: [Tensor], to outputs: [Tensor]) -> [Tensor] {
    let outputs = outputs.map { Tensor($0.scalars, shape: $0.shape).withMask($0.mask) }
    calls.append(Call(layer: layer, inputs: inputs, outputs: outputs))
    return outputs
  }

  /// The calls as a graph; `nil` unless all inputs and the outputs are results of calls or the
  /// model's inputs.
  ///
  /// - Parameters:
  ///   - inputs: The model's inputs.
  ///   - inputNames: Their names.
  ///   - outputs: The model's outputs.
  ///   - outputNames: Their names; `nil` for those of their layers.
  /// - Returns: The graph.
  func graph(
    from inputs: [Tensor], named inputNames: [String], to outputs: [Tensor],
    named outputNames: [String]?
  ) -> Graph? {
    var found: [Graph.Call] = []
    func source(of tensor: Tensor) -> Graph.Source? {
      if let index = inputs.firstIndex(where: tensor.isSame(as:)) { return .input(index) }
      for (index, call) in calls[..<found.count].enumerated() {
        if let output = call.outputs.firstIndex(where: tensor.isSame(as:)) {
          return .call(index, output: output)
        }
      }
      return nil
    }
    for call in calls {
      let sources = call.inputs.compactMap(source)
      guard sources.count == call.inputs.count else { return nil }
      found.append(Graph.Call(layer: call.layer, inputs: sources))
    }
    let sources = outputs.compactMap(source)
    guard sources.count == outputs.count else { return nil }
    return Graph(
      calls: found, inputNames: inputNames, outputs: sources, outputNames: outputNames,
      dictionaries: Graph.Dictionaries(outputs: outputNames != nil))
  }
}
