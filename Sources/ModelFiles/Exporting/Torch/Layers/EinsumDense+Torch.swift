import NeuralNetwork
import Tensors

/// Fully connected layers over any axes in PyTorch.
extension TorchModule {
  mutating func einsum(
    _ layer: EinsumDense, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    guard let equation = layer.letterEquation(rank: call.inputShapes[0].count + 1) else {
      throw call.refused("a module of PyTorch", "has an equation that does not fit its input, and")
    }
    guard let kernel = try parameter(call, "kernel") else {
      throw call.refused("a module of PyTorch", "has no kernel, and")
    }
    var code = "torch.einsum(\"\(equation)\", \(natural(input).code), \(kernel))"
    if let bias = try parameter(call, "bias") { code += " + \(bias)" }
    return activated(layer.activation, Value(code: code, layout: .natural), call)
  }

  /// Declares a variable as a parameter of its own; `nil` if the layer has none of the name.
  mutating func parameter(
    _ call: InferenceGraph.Call, _ variable: String
  ) throws(CheckpointError) -> String? {
    guard let shape = call.variables.first(where: { $0.name == variable })?.shape else {
      return nil
    }
    let extents = shape.isEmpty ? "()" : tuple(shape.dimensions)
    return try declare(
      call, suffix: "_\(variable)", "nn.Parameter(torch.zeros(\(extents)))"
    ) { name, tensors throws(CheckpointError) in
      tensors.add(name, shape: shape.dimensions, try call.values(variable) ?? [])
    }
  }
}
