package import NeuralNetwork
import Tensors

extension AveragePooling2D: PlanarLayer {
  /// Adds an `AveragePool`.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value {
    try addPooling("AveragePool", to: graph, inputs, layer)
  }
}

extension MaxPooling2D: PlanarLayer {
  /// Adds a `MaxPool`.
  func addNodes(
    to graph: GraphBuilder, _ inputs: [Value], of layer: Layer
  ) throws(ONNXError) -> Value {
    try addPooling("MaxPool", to: graph, inputs, layer)
  }
}

extension GlobalAveragePooling2D: PlanarLayer {
  /// Adds a `GlobalAveragePool`, and a `Flatten` unless the axes are kept.
  func addNodes(to graph: GraphBuilder, _ inputs: [Value], of layer: Layer) -> Value {
    addPooling("GlobalAveragePool", to: graph, inputs)
  }
}

extension GlobalMaxPooling2D: PlanarLayer {
  /// Adds a `GlobalMaxPool`, and a `Flatten` unless the axes are kept.
  func addNodes(to graph: GraphBuilder, _ inputs: [Value], of layer: Layer) -> Value {
    addPooling("GlobalMaxPool", to: graph, inputs)
  }
}

extension BasePooling {
  fileprivate func addPooling(
    _ operatorType: String, to graph: GraphBuilder, _ inputs: [Value], _ layer: Layer
  ) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let window = SlidingWindow(size: poolSize, strides: strides, padding: padding)
    return graph.add(
      operatorType, [x.name], window.attributes(over: x.shape),
      shape: try layer.resultShape(of: inputs), layout: .channelsFirst)
  }
}

extension BaseGlobalPooling {
  fileprivate func addPooling(
    _ operatorType: String, to graph: GraphBuilder, _ inputs: [Value]
  ) -> Value {
    graph.globalPooling(operatorType, inputs[0], keepsAxes: keepDimensions)
  }
}

extension GraphBuilder {
  /// Adds a node that pools all axes but the channels, and a `Flatten` unless they are kept.
  func globalPooling(_ operatorType: String, _ x: Value, keepsAxes: Bool) -> Value {
    let x = channelsFirst(x)
    let channels = x.shape[x.shape.count - 1]
    let pixel = add(
      operatorType, [x.name], shape: Shape(x.shape.dropLast().map { _ in 1 } + [channels]),
      layout: .channelsFirst)
    return keepsAxes ? pixel : add("Flatten", [pixel.name], shape: [channels])
  }
}
