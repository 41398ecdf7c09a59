import NeuralNetwork
import Tensors

/// Layers of images in C.
extension CProgram {
  mutating func scaled(
    _ layer: LayerScale, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let zeros = [Float](repeating: 0, count: layer.channels)
    add(
      .affine,
      [
        place(of: call.inputs[0]), place(ofResult: index), call.outputShape.elementCount,
        layer.channels, 1, try table(call, variable: "gamma"), table(call, "offset", zeros),
      ])
  }

  mutating func rescaled(
    _ layer: Rescaling, _ call: InferenceGraph.Call, _ index: Int
  ) {
    func numbers(_ coefficients: Coefficients) -> [Float] {
      switch coefficients {
      case .scalar(let value): [Float(value)]
      case .list(let values): values.map { Float($0) }
      }
    }
    let (scale, offset) = (numbers(layer.scale), numbers(layer.offset))
    let count = max(scale.count, offset.count)
    let tables = [("scale", scale), ("offset", offset)].map { name, values in
      table(call, name, (0..<count).map { values[$0 % values.count] })
    }
    add(
      .affine,
      [
        place(of: call.inputs[0]), place(ofResult: index), call.outputShape.elementCount, count, 1,
        tables[0], tables[1],
      ])
  }

  /// Cuts pixels off, adds some, and interpolates.
  mutating func fitted(
    _ fitting: ImageFitting, _ interpolation: Interpolation, _ call: InferenceGraph.Call,
    _ index: Int
  ) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let (x, y) = (place(of: call.inputs[0]), place(ofResult: index))
    let shape: Shape = [fitting.size.height, fitting.size.width, input[2]]
    let isFramed = fitting.cut != 0 || fitting.added != 0
    guard isFramed || fitting.resized == nil else {
      return interpolated(x, input, to: y, output, interpolation)
    }
    let framed = fitting.resized == nil ? y : scratch(shape.elementCount, index)
    if fitting.added != 0 {
      surrounded(fitting.added, input, x, to: framed, fill: fitting.fill)
    } else {
      cut(fitting.cut, input, x, to: framed)
    }
    if fitting.resized != nil { interpolated(framed, shape, to: y, output, interpolation) }
  }

  mutating func interpolated(
    _ x: String, _ input: Shape, to y: String, _ output: Shape, _ interpolation: Interpolation
  ) {
    add(
      interpolation == .nearest ? .resize_nearest : .resize_bilinear,
      [x, input[0], input[1], input[2], y, output[0], output[1]])
  }

  /// Copies an image without its margins.
  mutating func cut(_ margins: Margins, _ input: Shape, _ x: String, to y: String) {
    let output: Shape = [
      input[0] - margins.top - margins.bottom, input[1] - margins.left - margins.right, input[2],
    ]
    let start = (margins.top * input[1] + margins.left) * input[2]
    loop(output.dimensions, strides: [output.strides, input.strides]) {
      "\(y)[\($0[0])] = \(x)[\(start) + \($0[1])];"
    }
  }

  /// Copies an image into a larger one.
  mutating func surrounded(
    _ margins: Margins, _ input: Shape, _ x: String, to y: String, fill: Float
  ) {
    let output: Shape = [
      input[0] + margins.top + margins.bottom, input[1] + margins.left + margins.right, input[2],
    ]
    add(
      "for (int32_t i = 0; i < \(output.elementCount); i++) \(y)[i] = \(fill.cText);")
    let start = (margins.top * output[1] + margins.left) * output[2]
    loop(input.dimensions, strides: [output.strides, input.strides]) {
      "\(y)[\(start) + \($0[0])] = \(x)[\($0[1])];"
    }
  }
}
