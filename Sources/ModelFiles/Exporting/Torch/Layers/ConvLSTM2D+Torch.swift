import NeuralNetwork
import Tensors

/// Convolutional LSTM in PyTorch.
extension TorchModule {
  mutating func recurrent(
    _ layer: ConvLSTM2D, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let (shape, options) = (call.inputShapes[0], layer.options)
    guard call.inputs.count == 1, !options.returnsState, !options.isStateful else {
      throw call.refused("a module of PyTorch", "has states, and")
    }
    guard call.masks[0] == nil else {
      throw call.refused("a module of PyTorch", "gets a mask, and")
    }
    let (filters, channels, size) = (layer.filters, shape[3], layer.kernelSize)
    let output = call.outputShape
    let margins = Margins(
      ofWindow: size, strides: layer.strides, dilation: layer.dilationRate, layer.padding,
      over: Shape(shape.dropFirst()),
      to: options.returnsSequences ? Shape(output.dropFirst()) : output)
    let images = "\(natural(input).code).flatten(0, 1).permute(0, 3, 1, 2)"
    let (x, padding) = surrounded(images, margins, call)
    let convolution = try declare(
      call,
      self.convolution(
        call, channels, 4 * filters, size, layer.strides, padding, layer.dilationRate, 1,
        hasBias: options.usesBias)
    ) { name, tensors throws(CheckpointError) in
      // The gates are in PyTorch's order: input, forget, candidate, output.
      tensors.add(
        "\(name).weight", shape: [4 * filters, channels, size.height, size.width],
        (try call.values("kernel") ?? []).convolutionKernel(
          taps: size.height * size.width, channels: channels, filters: 4 * filters))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [4 * filters], bias)
      }
    }
    let recurrent = try declare(
      call, suffix: "_recurrent",
      "nn.Conv2d(\(filters), \(4 * filters), \(call.text(size)), padding=\"same\", bias=False)"
    ) { name, tensors throws(CheckpointError) in
      tensors.add(
        "\(name).weight", shape: [4 * filters, filters, size.height, size.width],
        (try call.values("recurrent_kernel") ?? []).convolutionKernel(
          taps: size.height * size.width, channels: filters, filters: 4 * filters))
    }
    use(.convolutional_lstm)
    var arguments = [
      "\(convolution)(\(x)).unflatten(0, (-1, \(shape[0])))", recurrent,
      function(options.activation, call, layout: .channelsFirst),
      function(options.recurrentActivation, call, layout: .channelsFirst),
    ]
    if options.goesBackwards { arguments.append("backwards=True") }
    let code = "convolutional_lstm(\(arguments.joined(separator: ", ")))"
    return options.returnsSequences
      ? Value(code: "\(code).permute(0, 1, 3, 4, 2)", layout: .natural)
      : Value(code: "\(code)[:, -1]", layout: .channelsFirst)
  }
}
