import NeuralNetwork
import Tensors

/// Pooling in C.
extension CProgram {
  mutating func pooling(
    _ layer: BasePooling, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let margins = Margins(
      ofWindow: layer.poolSize, strides: layer.strides, layer.padding, over: input, to: output)
    let function: CFunction
    switch layer {
    case is MaxPooling2D: function = .max_pool
    case is AveragePooling2D: function = .average_pool
    default: throw call.refused("C")
    }
    add(
      function,
      [
        place(of: call.inputs[0]), input[0], input[1], input[2], place(ofResult: index), output[0],
        output[1], layer.poolSize.height, layer.poolSize.width, layer.strides.height,
        layer.strides.width, margins.top, margins.left,
      ])
  }

  mutating func globalPooling(
    _ layer: BaseGlobalPooling, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let input = call.inputShapes[0]
    let function: CFunction
    switch layer {
    case is GlobalAveragePooling2D: function = .average_pool
    case is GlobalMaxPooling2D: function = .max_pool
    default: throw call.refused("C")
    }
    add(
      function,
      [
        place(of: call.inputs[0]), input[0], input[1], input[2], place(ofResult: index), 1, 1,
        input[0], input[1], 1, 1, 0, 0,
      ])
  }
}
