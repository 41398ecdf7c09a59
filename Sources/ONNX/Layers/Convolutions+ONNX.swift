package import NeuralNetwork
import Tensors

extension Conv2D: PlanarLayer {
  /// Adds a `Conv` and the activation.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let y = graph.add(
      "Conv",
      [x.name, graph.kernel("kernel", of: layer, 0)] + bias(graph, layer, channels: filters),
      slidingWindow.attributes(over: x.shape, groups: groups),
      shape: try layer.resultShape(of: inputs), layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension DepthwiseConv2D: PlanarLayer {
  /// Adds a `Conv` with a group for each channel, and the activation.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value {
    let shape = try layer.resultShape(of: inputs)
    let y = addDepthwise(
      to: graph, graph.channelsFirst(inputs[0]), layer, kernel: "kernel", shape: shape,
      bias: bias(graph, layer, channels: shape[shape.count - 1]))
    return activation.addNodes(to: graph, y)
  }
}

extension SeparableConv2D: PlanarLayer {
  /// Adds two `Conv`s, the first with a group for each channel, and the activation.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let shape = try layer.resultShape(of: inputs)
    let channels = x.shape[x.shape.count - 1] * depthMultiplier
    let middle = addDepthwise(
      to: graph, x, layer, kernel: "depthwise_kernel", shape: Shape(shape.dropLast() + [channels]),
      bias: [])
    let pixel = AttributeProto(
      "kernel_shape", .integers(Array(repeating: 1, count: shape.count - 1)))
    let y = graph.add(
      "Conv",
      [middle.name, graph.kernel("pointwise_kernel", of: layer, 1)]
        + bias(graph, layer, channels: filters), [pixel], shape: shape, layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension Conv2DTranspose: PlanarLayer {
  /// Adds a `ConvTranspose` and the activation.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let shape = try layer.resultShape(of: inputs)
    let y = graph.add(
      "ConvTranspose",
      [x.name, graph.kernel("kernel", of: layer, 0)] + bias(graph, layer, channels: filters),
      slidingWindow.attributes(from: x.shape, to: shape), shape: shape, layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension BaseConv {
  /// The window, with the padding that its size and the input need.
  fileprivate var slidingWindow: SlidingWindow {
    SlidingWindow(size: kernelSize, strides: strides, dilation: dilationRate, padding: padding)
  }

  /// The name of the bias, if there is one.
  fileprivate func bias(_ graph: GraphBuilder, _ layer: Layer, channels: Int) -> [String] {
    guard useBias else { return [] }
    return [graph.weight("bias", of: layer, [layer.weights.count - 1], extents: [channels])]
  }

  /// Adds a convolution of each channel with kernels of its own.
  fileprivate func addDepthwise(
    to graph: GraphBuilder, _ x: Value, _ layer: Layer, kernel name: String, shape: Shape,
    bias: [String]
  ) -> Value {
    // […, channels, multiplier] becomes [channels * multiplier, 1, …].
    let kernel = layer.weights[0].shape
    let rank = kernel.count
    let extents = [shape[rank - 2], 1] + kernel[..<(rank - 2)]
    let weight = graph.weight(name, of: layer, [0], extents: extents) {
      $0[0].transposed([rank - 2, rank - 1] + (0..<rank - 2))
    }
    return graph.add(
      "Conv", [x.name, weight] + bias,
      slidingWindow.attributes(over: x.shape, groups: kernel[rank - 2]), shape: shape,
      layout: .channelsFirst)
  }
}

extension GraphBuilder {
  /// Adds a kernel `[…, a, b]` of a layer in ONNX's order `[b, a, …]`.
  func kernel(_ name: String, of layer: Layer, _ index: Int) -> String {
    let shape = layer.weights[index].shape
    let order = [shape.count - 1, shape.count - 2] + (0..<shape.count - 2)
    return weight(name, of: layer, [index], extents: order.map { shape[$0] }) {
      $0[0].transposed(order)
    }
  }
}
