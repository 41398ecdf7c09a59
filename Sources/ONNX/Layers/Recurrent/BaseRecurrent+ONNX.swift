package import NeuralNetwork

extension BaseRecurrent: ONNXLayer {
  /// Adds an `LSTM`, a `GRU` or an `RNN`; those of the output alone.
  package final func addNodes(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> Value {
    try addOutputs(to: graph, inputs)[0]
  }

  /// Adds an `LSTM`, a `GRU` or an `RNN`.
  package final func addOutputs(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> [Value] {
    let pass = RecurrentPass(layer: self, owner: self, firstWeight: 0)
    let result = try pass.addNodes(to: graph, inputs[0], states: Array(inputs.dropFirst()))
    return [result.output] + (options.returnsState ? result.states : [])
  }
}
