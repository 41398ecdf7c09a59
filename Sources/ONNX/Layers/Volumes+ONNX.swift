package import NeuralNetwork
import Tensors

extension Conv3D: ONNXLayer {
  /// Adds a `Conv` and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let window = SlidingWindow(
      size: kernelSize, strides: strides, dilation: dilationRate, padding: padding)
    let bias = useBias ? [graph.weight("bias", of: self, [1], extents: [filters])] : []
    let y = graph.add(
      "Conv", [x.name, graph.kernel("kernel", of: self, 0)] + bias,
      window.attributes(over: x.shape, groups: groups), shape: try resultShape(of: inputs),
      layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension Conv3DTranspose: ONNXLayer {
  /// Adds a `ConvTranspose` and the activation.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let shape = try resultShape(of: inputs)
    let window = SlidingWindow(size: kernelSize, strides: strides, padding: padding)
    let bias = useBias ? [graph.weight("bias", of: self, [1], extents: [filters])] : []
    let y = graph.add(
      "ConvTranspose", [x.name, graph.kernel("kernel", of: self, 0)] + bias,
      window.attributes(from: x.shape, to: shape), shape: shape, layout: .channelsFirst)
    return activation.addNodes(to: graph, y)
  }
}

extension BasePooling3D: ONNXLayer {
  /// Adds an `AveragePool` or a `MaxPool`.
  package final func addNodes(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let window = SlidingWindow(size: poolSize, strides: strides, padding: padding)
    return graph.add(
      self is AveragePooling3D ? "AveragePool" : "MaxPool", [x.name],
      window.attributes(over: x.shape), shape: try resultShape(of: inputs), layout: .channelsFirst)
  }
}

extension BaseGlobalPooling3D: ONNXLayer {
  /// Adds a `GlobalAveragePool` or a `GlobalMaxPool`, and a `Flatten` unless the axes are kept.
  package final func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.globalPooling(
      self is GlobalAveragePooling3D ? "GlobalAveragePool" : "GlobalMaxPool", inputs[0],
      keepsAxes: keepDimensions)
  }
}

extension Cropping3D: ONNXLayer {
  /// Adds a `Slice`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let (before, after) = cropping.ends
    return graph.cropped(inputs[0], before: before, after: after)
  }
}

extension ZeroPadding3D: ONNXLayer {
  /// Adds a `Pad`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let (before, after) = padding.ends
    return graph.padded(inputs[0], before: before, after: after, with: 0)
  }
}

extension UpSampling3D: ONNXLayer {
  /// Adds a `Resize`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    graph.repeated(inputs[0], to: Array(try resultShape(of: inputs).dropLast()))
  }
}

extension Margins3D {
  /// The planes, rows and columns before and after a volume.
  fileprivate var ends: (before: [Int], after: [Int]) {
    let axes = [depth, height, width]
    return (axes.map { $0[0] }, axes.map { $0[1] })
  }
}
