import NeuralNetwork
import Tensors

/// Changes of shape in PyTorch.
extension TorchModule {
  func flattened(_ call: InferenceGraph.Call, _ input: Value) -> Value {
    let shape = call.inputShapes[0]
    if shape.count == 1 { return input }
    guard input.layout == .channelsFirst else {
      return Value(code: "\(input.code).flatten(1)", layout: .natural)
    }
    let isSame = shape[2] == 1 || shape[0] * shape[1] == 1
    return Value(
      code: "\(input.code).flatten(1)",
      layout: isSame
        ? .natural : .flattened(height: shape[0], width: shape[1], channels: shape[2]))
  }

  func permuted(_ layer: Permute, _ input: Value) -> Value {
    // The value is already in the new order.
    switch (layer.dims, input.layout) {
    case ([2, 3, 1], .natural): return Value(code: input.code, layout: .channelsFirst)
    case ([3, 1, 2], .channelsFirst): return Value(code: input.code, layout: .natural)
    default:
      return Value(
        code: "\(natural(input).code).permute\(tuple([0] + layer.dims))", layout: .natural)
    }
  }
}
