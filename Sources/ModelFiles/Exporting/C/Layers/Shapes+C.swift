import NeuralNetwork
import Tensors

/// Changes of shape in C; all others share the memory of their input.
extension CProgram {
  mutating func repeated(_ layer: RepeatVector, _ call: InferenceGraph.Call, _ index: Int) {
    let (x, y, length) = (place(of: call.inputs[0]), place(ofResult: index), call.inputShapes[0][0])
    add(
      "for (int32_t i = 0; i < \(layer.count); i++) "
        + "memcpy(\(y) + i * \(length), \(x), \(length) * sizeof(float));")
  }

  mutating func permuted(_ layer: Permute, _ call: InferenceGraph.Call, _ index: Int) {
    let (x, y) = (place(of: call.inputs[0]), place(ofResult: index))
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let strides = layer.dims.map { input.strides[$0 - 1] }
    loop(output.dimensions, strides: [output.strides, strides]) {
      "\(y)[\($0[0])] = \(x)[\($0[1])];"
    }
  }
}
