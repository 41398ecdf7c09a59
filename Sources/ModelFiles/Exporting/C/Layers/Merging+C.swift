import NeuralNetwork
import Tensors

/// Layers of several inputs in C.
extension CProgram {
  mutating func concatenated(
    _ layer: Concatenate, _ call: InferenceGraph.Call, _ index: Int
  ) {
    let (output, y) = (call.outputShape, place(of: index + 1))
    let axis = layer.axis < 0 ? layer.axis + output.count : layer.axis - 1
    var start = 0
    for (input, shape) in zip(call.inputs, call.inputShapes) {
      let x = place(of: input)
      loop(shape.dimensions, strides: [output.strides, shape.strides]) {
        "\(y)[\(start) + \($0[0])] = \(x)[\($0[1])];"
      }
      start += shape[axis] * output.strides[axis]
    }
  }

  mutating func merged(
    _ layer: Merge, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (output, y) = (call.outputShape, place(of: index + 1))
    let strides = call.inputShapes.map { shape in
      let missing = output.count - shape.count
      return output.indices.map { axis in
        axis < missing || shape[axis - missing] == 1 ? 0 : shape.strides[axis - missing]
      }
    }
    let inputs = call.inputs.map { place(of: $0) }
    let combine: (String, String) -> String
    switch layer {
    case is Add, is Average: combine = { "\($0) + \($1)" }
    case is Subtract: combine = { "\($0) - \($1)" }
    case is Multiply: combine = { "\($0) * \($1)" }
    case is Maximum: combine = { "fmaxf(\($0), \($1))" }
    case is Minimum: combine = { "fminf(\($0), \($1))" }
    default: throw call.refused("C")
    }
    loop(output.dimensions, strides: [output.strides] + strides) { offsets in
      let values = zip(inputs, offsets.dropFirst()).map { "\($0)[\($1)]" }
      var result = values.dropFirst().reduce(values[0], combine)
      if layer is Average { result = "(\(result)) / \(Float(inputs.count).cText)" }
      return "\(y)[\(offsets[0])] = \(result);"
    }
  }
}
