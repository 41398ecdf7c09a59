import NeuralNetwork
import Tensors

/// Dense layers in PyTorch.
extension TorchModule {
  mutating func dense(
    _ layer: Dense, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let input = reorderable(input, call)
    let (inputs, units) = (call.inputShapes[0][call.inputShapes[0].count - 1], layer.units)
    let module = try declare(
      call, "nn.Linear(\(inputs), \(units)\(layer.useBias ? "" : ", bias=False"))"
    ) { name, tensors throws(CheckpointError) in
      let columns = (try call.values("kernel") ?? []).transposed(rows: inputs, columns: units)
      let weight: [Float] = (0..<units).flatMap { unit in
        input.layout.ordered(Array(columns[unit * inputs..<(unit + 1) * inputs]))
      }
      tensors.add("\(name).weight", shape: [units, inputs], weight)
      if let bias = try call.values("bias") { tensors.add("\(name).bias", shape: [units], bias) }
    }
    guard input.layout == .channelsFirst else {
      return activated(
        layer.activation, Value(code: "\(module)(\(input.code))", layout: .natural), call)
    }
    let code = "\(module)(\(input.code).movedim(1, -1)).movedim(-1, 1)"
    return activated(layer.activation, Value(code: code, layout: .channelsFirst), call)
  }
}
