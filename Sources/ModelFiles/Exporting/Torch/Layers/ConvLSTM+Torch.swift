import NeuralNetwork
import Tensors

/// Convolutional LSTM in PyTorch.
extension TorchModule {
  mutating func recurrent(
    _ layer: BaseConvLSTM, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> [Value] {
    let options = layer.options
    guard !options.isStateful else {
      throw call.refused(
        "a module of PyTorch", "keeps its states between batches (stateful), and")
    }
    let rank = layer.kernelExtents.count
    let first = (["0", "\(rank + 1)"] + (1...rank).map { "\($0)" }).joined(separator: ", ")
    let cell = try declareCell(layer, call)
    use(.recurrence)
    var arguments = [
      cell,
      try inputGates(
        layer, call, "\(natural(inputs[0]).code).flatten(0, 1).permute(\(first))"),
    ]
    let layout: Layout = [.sequence, .channelsFirst, .volume][rank - 1]
    let states = inputs.dropFirst().map {
      $0.layout == layout ? $0.code : "\(natural($0).code).permute(\(first))"
    }
    if !states.isEmpty { arguments.append("(\(states.joined(separator: ", ")))") }
    let isMasked = states.isEmpty || options.usesMaskWithStates
    let mask = isMasked ? inputs[0].mask : nil
    if let mask {
      // A step counts if anything of it does.
      let hasMoreAxes = call.maskExtents[0].map { $0.count > 1 } ?? false
      arguments.append("mask=\(mask)\(hasMoreAxes ? ".flatten(2).any(2)" : "")")
    }
    if options.goesBackwards { arguments.append("backwards=True") }
    let zeros = mask != nil && options.zerosMaskedOutputs
    if zeros { arguments.append("zeros=True") }
    let results = ["outputs", "output", "states"].map { "\(call.name)_\($0)" }
    let code = "recurrence(\(arguments.joined(separator: ", ")))"
    let parts =
      options.returnsState
      ? unpack(code, results) { $0.joined(separator: ", ") } : (0..<3).map { "\(code)[\($0)]" }
    let last =
      options.returnsState
      ? (0..<2).map { Value(code: "\(parts[2])[\($0)]", layout: layout) } : []
    guard options.returnsSequences else {
      // The last of all outputs is 0 behind the mask.
      return [Value(code: zeros ? "\(parts[0])[:, -1]" : parts[1], layout: layout)] + last
    }
    let order = ([0, 1] + (3..<rank + 3) + [2]).map { "\($0)" }.joined(separator: ", ")
    return [Value(code: "\(parts[0]).permute(\(order))", layout: .natural)] + last
  }

  /// The expression of the convolutions of all steps: their four gates as channels, in PyTorch's
  /// order, which is Keras's: input, forget, candidate, output.
  private mutating func inputGates(
    _ layer: BaseConvLSTM, _ call: InferenceGraph.Call, _ frames: String
  ) throws(CheckpointError) -> String {
    let (shape, filters) = (call.inputShapes[0], layer.filters)
    let channels = shape[shape.count - 1]
    let state = call.outputShape.dimensions.suffix(shape.count - 1)
    let axes = WindowAxis.axes(
      layer.kernelExtents, strides: layer.strideExtents, dilation: layer.dilationExtents)
    let margins = zip(axes.indices, state).map { axis, extent in
      axes[axis].margins(layer.padding, over: shape[axis + 1], to: extent)
    }
    let (x, padding) = surrounded(frames, margins)
    let module = try declare(
      call,
      convolution(axes, channels, 4 * filters, padding, hasBias: layer.options.usesBias)
    ) { name, tensors throws(CheckpointError) in
      tensors.add(
        "\(name).weight", shape: [4 * filters, channels] + axes.map(\.size),
        (try call.values("kernel") ?? []).convolutionKernel(
          taps: axes.taps, channels: channels, filters: 4 * filters))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [4 * filters], bias)
      }
    }
    return "\(module)(\(x)).unflatten(0, (-1, \(shape[0])))"
  }

  /// Declares the cell, which has the convolution of the state.
  private mutating func declareCell(
    _ layer: BaseConvLSTM, _ call: InferenceGraph.Call
  ) throws(CheckpointError) -> String {
    let (filters, size) = (layer.filters, layer.kernelExtents)
    let sizes = "\(filters), \(4 * filters), \(tuple(size))"
    let convolution = "nn.Conv\(size.count)d(\(sizes), padding=\"same\", bias=False)"
    let functions = [layer.options.activation, layer.options.recurrentActivation].map {
      function($0, call, layout: .channelsFirst)
    }
    use(.ConvLSTMCell)
    let arguments = ([convolution] + functions).joined(separator: ", ")
    return try declare(call, suffix: "_cell", "ConvLSTMCell(\(arguments))") {
      name, tensors throws(CheckpointError) in
      tensors.add(
        "\(name).recurrent.weight", shape: [4 * filters, filters] + size,
        (try call.values("recurrent_kernel") ?? []).convolutionKernel(
          taps: size.reduce(1, *), channels: filters, filters: 4 * filters))
    }
  }
}
