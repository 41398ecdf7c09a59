import NeuralNetwork
import Tensors

/// Convolutions in C.
extension CProgram {
  mutating func convolution(
    _ layer: BaseConv, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let x = place(of: call.inputs[0])
    let margins = Margins(
      ofWindow: layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate,
      layer.padding, over: input, to: output)
    let image: [any CArgument] = [input[0], input[1], input[2]]
    func window(_ top: Int, _ left: Int) -> [any CArgument] {
      [
        layer.kernelSize.height, layer.kernelSize.width, layer.strides.height, layer.strides.width,
        layer.dilationRate.height, layer.dilationRate.width, top, left,
      ]
    }
    let bias = try table(call, variable: "bias")
    let filters = output[2]
    let count = output[0] * output[1] * filters
    let places: [any CArgument] = [output[0], output[1]]
    switch layer {
    case let layer as Conv2D:
      let kernel = try table(call, variable: "kernel")
      activated(layer.activation, count, last: filters, index) { program, y in
        program.add(
          .conv2d,
          [x] + image + [y] + places + [filters, kernel, bias]
            + window(margins.top, margins.left) + [layer.groups])
      }
    case let layer as DepthwiseConv2D:
      let kernel = try table(call, variable: "kernel")
      activated(layer.activation, count, last: filters, index) { program, y in
        program.add(
          .depthwise,
          [x] + image + [y] + places + [layer.depthMultiplier, kernel, bias]
            + window(margins.top, margins.left))
      }
    case let layer as SeparableConv2D:
      let depthwise = try table(call, variable: "depthwise_kernel")
      let pointwise = try table(call, variable: "pointwise_kernel")
      let channels = input[2] * layer.depthMultiplier
      let between = scratch(
        output[0] * output[1] * channels
          + (layer.activation.needsOtherMemory ? count : 0), index)
      add(
        .depthwise,
        [x] + image + [between] + places + [layer.depthMultiplier, depthwise, "0"]
          + window(margins.top, margins.left))
      activated(
        layer.activation, count, last: filters, index,
        scratch: "(\(between) + \(output[0] * output[1] * channels))"
      ) { program, y in
        program.add(
          .dense, [between, output[0] * output[1], channels, y, filters, pointwise, bias])
      }
    case let layer as Conv2DTranspose:
      let place = TransposedPlace(layer, over: input, to: output)
      let kernel = try table(call, variable: "kernel")
      activated(layer.activation, count, last: filters, index) { program, y in
        program.add(
          .conv2d_transpose,
          [x] + image + [y] + places + [filters, kernel, bias]
            + window(place.cut.top, place.cut.left))
      }
    default: throw call.refused("C")
    }
  }
}
