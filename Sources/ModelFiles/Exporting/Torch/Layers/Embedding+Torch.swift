import NeuralNetwork

/// Embeddings in PyTorch.
extension TorchModule {
  mutating func embedded(
    _ layer: Embedding, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let shape = [layer.inputCount, layer.units]
    let module = try declare(call, "nn.Embedding(\(shape[0]), \(shape[1]))") {
      name, tensors throws(CheckpointError) in
      tensors.add("\(name).weight", shape: shape, try call.values("embeddings") ?? [])
    }
    return Value(code: "\(module)(\(natural(input).code).long())", layout: .natural)
  }
}
