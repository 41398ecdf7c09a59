package import NeuralNetwork
import Tensors

extension AveragePooling2D: ONNXLayer {
  /// Adds an `AveragePool`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addPooling("AveragePool", to: graph, inputs)
  }
}

extension MaxPooling2D: ONNXLayer {
  /// Adds a `MaxPool`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addPooling("MaxPool", to: graph, inputs)
  }
}

extension GlobalAveragePooling2D: ONNXLayer {
  /// Adds a `GlobalAveragePool`, and a `Flatten` unless the axes are kept.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    addPooling("GlobalAveragePool", to: graph, inputs)
  }
}

extension GlobalMaxPooling2D: ONNXLayer {
  /// Adds a `GlobalMaxPool`, and a `Flatten` unless the axes are kept.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    addPooling("GlobalMaxPool", to: graph, inputs)
  }
}

extension BasePooling {
  fileprivate func addPooling(
    _ operatorType: String, to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let window = SlidingWindow(size: poolSize, strides: strides, padding: padding)
    return graph.add(
      operatorType, [x.name], window.attributes(over: x.shape), shape: try resultShape(of: inputs),
      layout: .channelsFirst)
  }
}

extension BaseGlobalPooling {
  fileprivate func addPooling(
    _ operatorType: String, to graph: GraphBuilder, _ inputs: [Value]
  ) -> Value {
    let x = graph.channelsFirst(inputs[0])
    let channels = x.shape[2]
    let pixel = graph.add(
      operatorType, [x.name], shape: [1, 1, channels], layout: .channelsFirst)
    return keepDimensions ? pixel : graph.add("Flatten", [pixel.name], shape: [channels])
  }
}
