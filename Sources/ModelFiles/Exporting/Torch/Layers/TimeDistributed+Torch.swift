import NeuralNetwork
import Tensors

/// Layers for each step in PyTorch.
extension TorchModule {
  /// Translates the layer or the model between two changes of shape: all steps are one batch.
  mutating func distributed(
    _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    guard let inner = call.inner else { throw call.refused("a module of PyTorch") }
    var step = Value(
      code: hold("\(natural(input).code).flatten(0, 1)", "\(call.name)_steps"), layout: .natural)
    if inner.masks.first?.isUsed == true, let mask = input.mask {
      step.mask = hold("\(mask).flatten(0, 1)", "\(call.name)_mask", isOwn: true)
    }
    let result = natural(try run(inner, [step])[0])
    return Value(
      code: "\(result.code).unflatten(0, (-1, \(call.inputShapes[0][0])))", layout: .natural)
  }
}
