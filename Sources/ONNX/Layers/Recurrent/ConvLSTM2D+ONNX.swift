package import NeuralNetwork
import Tensors

extension ConvLSTM2D: ONNXLayer {
  /// Adds a `Conv` of all steps, and the nodes of one step after the other.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    guard inputs.count == 1, !options.returnsState, !options.isStateful else {
      throw .unsupported(layer: name, reason: "has states, which are not written as ONNX")
    }
    guard inputs[0].mask == nil else {
      throw .unsupported(layer: name, reason: "gets a mask, which is not written as ONNX")
    }
    let shape = try resultShape(of: inputs)
    let steps = inputs[0].shape[0]
    let state = options.returnsSequences ? Shape(shape.dropFirst()) : shape
    let gates = inputGates(of: graph.channelsLast(inputs[0]), to: state, graph)

    let kernel = graph.kernel("recurrent_kernel", of: self, 1)
    let window = SlidingWindow(size: kernelSize, strides: 1, padding: .same)
    let attributes = window.attributes(over: state)
    var (h, c): (Value?, Value?) = (nil, nil)
    var outputs: [String] = []
    for step in options.goesBackwards ? Array((0..<steps).reversed()) : Array(0..<steps) {
      var z = gates[step]
      if let h {
        let product = graph.addNode("Conv", [h.name, kernel], attributes)[0]
        z = graph.addNode("Add", [z, product])[0]
      }
      let parts = graph.split(z, into: 4).map {
        Value(name: $0, shape: state, layout: .channelsFirst)
      }
      func gate(_ index: Int) -> Value {
        options.recurrentActivation.addNodes(to: graph, parts[index])
      }
      let new = graph.map("Mul", gate(0), [options.activation.addNodes(to: graph, parts[2]).name])
      let cell = c.map { graph.map("Add", graph.map("Mul", gate(1), [$0.name]), [new.name]) } ?? new
      let output = graph.map(
        "Mul", gate(3), [options.activation.addNodes(to: graph, cell).name])
      (h, c) = (output, cell)
      outputs.append(output.name)
    }
    guard options.returnsSequences else {
      return Value(name: outputs[outputs.count - 1], shape: shape, layout: .channelsFirst)
    }
    let all = graph.addNode(
      "Concat", outputs.map { graph.unsqueezed($0, [1]) }, [AttributeProto("axis", .integer(1))])[0]
    return graph.add(
      "Transpose", [all], [AttributeProto("perm", .integers([0, 1, 3, 4, 2]))], shape: shape)
  }

  /// Adds the convolutions of the input: for each step, the four gates as channels.
  private func inputGates(of x: Value, to state: Shape, _ graph: GraphBuilder) -> [String] {
    let (steps, image) = (x.shape[0], Shape(x.shape.dropFirst()))
    let channels = 4 * filters
    let all = graph.withBatch(ofSteps: steps) { () -> Value in
      let images = graph.channelsFirst(
        graph.add("Reshape", [x.name, graph.integers("images", [-1] + image)], shape: image))
      let window = SlidingWindow(
        size: kernelSize, strides: strides, dilation: dilationRate, padding: padding)
      let bias =
        options.usesBias ? [graph.weight("bias", of: self, [2], extents: [channels])] : []
      return graph.add(
        "Conv", [images.name, graph.kernel("kernel", of: self, 0)] + bias,
        window.attributes(over: image), shape: Shape(state.dropLast() + [channels]),
        layout: .channelsFirst)
    }
    let planes = graph.reshaped(all.name, [-1, steps, channels] + state.dropLast())
    return graph.split(planes, into: steps).map { graph.squeezed($0, [1]) }
  }
}

extension GraphBuilder {
  /// Splits the axis after the batch into equal parts.
  fileprivate func split(_ name: String, into count: Int) -> [String] {
    addNode(
      "Split", [name],
      [AttributeProto("axis", .integer(1)), AttributeProto("num_outputs", .integer(count))],
      outputCount: count)
  }
}
