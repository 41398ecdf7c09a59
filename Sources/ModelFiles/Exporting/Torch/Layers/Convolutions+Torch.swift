import NeuralNetwork
import Tensors

/// Convolutions in PyTorch.
extension TorchModule {
  mutating func convolution(
    _ layer: BaseConv, _ call: InferenceGraph.Call, _ input: Value, groups: Int
  ) throws(CheckpointError) -> Value {
    let margins = Margins(
      ofWindow: layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate,
      layer.padding, over: call.inputShapes[0], to: call.outputShape)
    let channels = (call.inputShapes[0][2], call.outputShape[2])
    let (x, padding) = surrounded(channelsFirst(input, call).code, margins, call)
    let module = try declare(
      call,
      convolution(
        call, channels.0, channels.1, layer.kernelSize, layer.strides, padding, layer.dilationRate,
        groups, hasBias: layer.useBias)
    ) { name, tensors throws(CheckpointError) in
      let size = layer.kernelSize
      let kernel = try call.values("kernel") ?? []
      let perGroup = channels.0 / groups
      // Depthwise kernels are [height, width, channels, multiplier], and all outputs of a channel
      // follow each other, as PyTorch's groups do.
      tensors.add(
        "\(name).weight", shape: [channels.1, perGroup] + call.extents(size),
        kernel.convolutionKernel(
          taps: size.height * size.width, channels: perGroup, filters: channels.1))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [channels.1], bias)
      }
    }
    return activated(
      layer.activation, Value(code: "\(module)(\(x))", layout: call.layout), call)
  }

  mutating func separable(
    _ layer: SeparableConv2D, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let channels = call.inputShapes[0][2]
    let (size, inner) = (layer.kernelSize, channels * layer.depthMultiplier)
    let margins = Margins(
      ofWindow: size, strides: layer.strides, dilation: layer.dilationRate, layer.padding,
      over: call.inputShapes[0], to: call.outputShape)
    let (x, padding) = surrounded(channelsFirst(input, call).code, margins, call)
    let depthwise = try declare(
      call, suffix: "_depthwise",
      convolution(
        call, channels, inner, size, layer.strides, padding, layer.dilationRate, channels,
        hasBias: false)
    ) { name, tensors throws(CheckpointError) in
      let kernel = try call.values("depthwise_kernel") ?? []
      tensors.add(
        "\(name).weight", shape: [inner, 1] + call.extents(size),
        kernel.transposed(rows: size.height * size.width, columns: inner))
    }
    let pointwise = try declare(
      call, suffix: "_pointwise",
      convolution(
        call, inner, layer.filters, 1, 1, (0, 0), 1, 1, hasBias: layer.useBias)
    ) { name, tensors throws(CheckpointError) in
      let kernel = try call.values("pointwise_kernel") ?? []
      tensors.add(
        "\(name).weight", shape: [layer.filters, inner] + call.extents(1),
        kernel.transposed(rows: inner, columns: layer.filters))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [layer.filters], bias)
      }
    }
    return activated(
      layer.activation, Value(code: "\(pointwise)(\(depthwise)(\(x)))", layout: call.layout),
      call)
  }

  mutating func transposed(
    _ layer: Conv2DTranspose, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let place = TransposedPlace(layer, over: call.inputShapes[0], to: call.outputShape)
    let (size, channels) = (layer.kernelSize, call.inputShapes[0][2])
    var options = [
      "\(channels)", "\(layer.filters)", call.text(size), "stride=\(call.text(layer.strides))",
    ]
    if place.more != (0, 0) {
      options.append("output_padding=\(call.text(place.more))")
    }
    if !layer.useBias { options.append("bias=False") }
    if layer.dilationRate != 1 {
      options.append("dilation=\(call.text(layer.dilationRate))")
    }
    let module = try declare(
      call, "nn.ConvTranspose\(call.dimensions)d(\(options.joined(separator: ", ")))"
    ) { name, tensors throws(CheckpointError) in
      let kernel = try call.values("kernel") ?? []
      tensors.add(
        "\(name).weight", shape: [channels, layer.filters] + call.extents(size),
        kernel.convolutionKernel(
          taps: size.height * size.width, channels: layer.filters, filters: channels))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [layer.filters], bias)
      }
    }
    var code = "\(module)(\(channelsFirst(input, call).code))"
    if place.cut != 0 {
      let whole: Shape = [
        call.outputShape[0] + place.cut.top + place.cut.bottom,
        call.outputShape[1] + place.cut.left + place.cut.right,
      ]
      code += slices(place.cut, whole, call)
    }
    return activated(layer.activation, Value(code: code, layout: call.layout), call)
  }

  /// The expression that creates a convolution.
  func convolution(
    _ call: InferenceGraph.Call, _ input: Int, _ output: Int, _ size: Size2D, _ strides: Size2D,
    _ padding: (Int, Int), _ dilation: Size2D, _ groups: Int, hasBias: Bool
  ) -> String {
    var options = ["\(input)", "\(output)", call.text(size)]
    if strides != 1 { options.append("stride=\(call.text(strides))") }
    if padding != (0, 0) { options.append("padding=\(call.text(padding))") }
    if dilation != 1 { options.append("dilation=\(call.text(dilation))") }
    if groups != 1 { options.append("groups=\(groups)") }
    if !hasBias { options.append("bias=False") }
    return "nn.Conv\(call.dimensions)d(\(options.joined(separator: ", ")))"
  }
}

extension InferenceGraph.Call {
  /// `[height, width]`, or the width alone for sequences.
  fileprivate func extents(_ size: Size2D) -> [Int] {
    isSequence ? [size.width] : [size.height, size.width]
  }
}

extension [Float] {
  /// A kernel `[taps, channels, filters]` in PyTorch's order, `[filters, channels, taps]`.
  func convolutionKernel(taps: Int, channels: Int, filters: Int) -> [Float] {
    transposed(rows: taps * channels, columns: filters)
      .transposingBlocks(of: taps, by: channels)
  }

  /// The transposed matrix.
  func transposed(rows: Int, columns: Int) -> [Float] {
    guard count == rows * columns else { return self }
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = self[row * columns + column] }
    }
    return result
  }

  /// Transposes each block of `rows` × `columns` elements.
  private func transposingBlocks(of rows: Int, by columns: Int) -> [Float] {
    guard columns > 1 else { return self }
    return stride(from: 0, to: count, by: rows * columns).flatMap { start in
      Array(self[start..<start + rows * columns]).transposed(rows: rows, columns: columns)
    }
  }
}
