package import NeuralNetwork
import Tensors

extension Conv2D: ONNXLayer {
  /// Adds a `Conv` and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let shape = try resultShape(of: inputs)
    let kernel = graph.weight("kernel", of: self, [0], extents: kernelExtents(weights[0].shape)) {
      $0[0].transposed([3, 2, 0, 1])
    }
    let attributes = slidingWindow.attributes(over: x.shape, groups: groups)
    let y = graph.add(
      "Conv", [x.name, kernel] + biasOperand(graph, channels: filters), attributes, shape: shape,
      layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension DepthwiseConv2D: ONNXLayer {
  /// Adds a `Conv` with a group for each channel, and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let shape = try resultShape(of: inputs)
    let y = addDepthwise(
      to: graph, graph.channelsFirst(inputs[0]), kernel: "kernel", shape: shape,
      bias: biasOperand(graph, channels: shape[2]))
    return activation.addNodes(to: graph, y)
  }
}

extension SeparableConv2D: ONNXLayer {
  /// Adds two `Conv`s, the first with a group for each channel, and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let shape = try resultShape(of: inputs)
    let channels = x.shape[2] * depthMultiplier
    let middle = addDepthwise(
      to: graph, x, kernel: "depthwise_kernel", shape: [shape[0], shape[1], channels], bias: [])
    let kernel = graph.weight(
      "pointwise_kernel", of: self, [1], extents: kernelExtents(weights[1].shape)
    ) { $0[0].transposed([3, 2, 0, 1]) }
    let y = graph.add(
      "Conv", [middle.name, kernel] + biasOperand(graph, channels: filters),
      [AttributeProto("kernel_shape", .integers([1, 1]))], shape: shape, layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension Conv2DTranspose: ONNXLayer {
  /// Adds a `ConvTranspose` and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let shape = try resultShape(of: inputs)
    let kernel = graph.weight("kernel", of: self, [0], extents: kernelExtents(weights[0].shape)) {
      $0[0].transposed([3, 2, 0, 1])
    }
    let y = graph.add(
      "ConvTranspose", [x.name, kernel] + biasOperand(graph, channels: filters),
      slidingWindow.attributes(from: x.shape, to: shape), shape: shape, layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension BaseConv {
  /// The window, with the padding that its size and the image need.
  fileprivate var slidingWindow: SlidingWindow {
    SlidingWindow(size: kernelSize, strides: strides, dilation: dilationRate, padding: padding)
  }

  /// The shape of a kernel `[height, width, a, b]` in ONNX's order `[b, a, height, width]`.
  fileprivate func kernelExtents(_ shape: Shape) -> [Int] {
    [shape[3], shape[2], shape[0], shape[1]]
  }

  /// The name of the bias, if there is one.
  fileprivate func biasOperand(_ graph: GraphBuilder, channels: Int) -> [String] {
    guard useBias else { return [] }
    return [graph.weight("bias", of: self, [weights.count - 1], extents: [channels])]
  }

  /// Adds a convolution of each channel with kernels of its own.
  fileprivate func addDepthwise(
    to graph: GraphBuilder, _ x: Value, kernel name: String, shape: Shape, bias: [String]
  ) -> Value {
    // [height, width, channels, multiplier] becomes [channels * multiplier, 1, height, width].
    let extents = [shape[2], 1, kernelSize.height, kernelSize.width]
    let kernel = graph.weight(name, of: self, [0], extents: extents) {
      $0[0].transposed([2, 3, 0, 1])
    }
    return graph.add(
      "Conv", [x.name, kernel] + bias,
      slidingWindow.attributes(over: x.shape, groups: x.shape[2]), shape: shape,
      layout: .channelsFirst)
  }
}
