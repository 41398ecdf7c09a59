import NeuralNetwork
import Tensors

/// Layers of several inputs in C.
extension CProgram {
  mutating func concatenated(
    _ layer: Concatenate, _ call: InferenceGraph.Call, _ index: Int
  ) {
    let (output, y) = (call.outputShape, place(ofResult: index))
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

  mutating func multiplied(_ layer: Dot, _ call: InferenceGraph.Call, _ index: Int) {
    let (a, b, y) = (call.inputShapes[0], call.inputShapes[1], place(ofResult: index))
    var inputs = call.inputs.map { place(of: $0) }
    let (i, j) = layer.positions((a.count + 1, b.count + 1))
    if layer.normalize {
      let between = scratch(a.elementCount + b.elementCount, index)
      let places = [between, "(\(between) + \(a.elementCount))"]
      unitNormalization([i], atLeast: 1e-7, of: a, inputs[0], to: places[0], index)
      unitNormalization([j], atLeast: 1e-7, of: b, inputs[1], to: places[1], index)
      inputs = places
    }
    let (rows, columns) = (
      a.indices.filter { $0 != i - 1 }, b.indices.filter { $0 != j - 1 }
    )
    let extents = rows.map { a[$0] } + columns.map { b[$0] }
    let count = extents.reduce(1, *)
    add("for (int32_t i = 0; i < \(count); i++) \(y)[i] = 0.0f;")
    loop(
      extents + [a[i - 1]],
      strides: [
        Shape(extents).strides + [0],
        rows.map { a.strides[$0] } + columns.map { _ in 0 } + [a.strides[i - 1]],
        rows.map { _ in 0 } + columns.map { b.strides[$0] } + [b.strides[j - 1]],
      ]
    ) { "\(y)[\($0[0])] += \(inputs[0])[\($0[1])] * \(inputs[1])[\($0[2])];" }
  }

  mutating func merged(
    _ layer: Merge, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (output, y) = (call.outputShape, place(ofResult: index))
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
