import NeuralNetwork
import Tensors

/// Dense layers in C.
extension CProgram {
  mutating func dense(
    _ layer: Dense, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (x, input, units) = (place(of: call.inputs[0]), call.inputShapes[0], layer.units)
    let (kernel, bias) = (try table(call, variable: "kernel"), try table(call, variable: "bias"))
    let rows = input.dimensions.dropLast().reduce(1, *)
    activated(layer.activation, rows * units, last: units, index) { program, y in
      program.add(.dense, [x, rows, input[input.count - 1], y, units, kernel, bias])
    }
  }
}
