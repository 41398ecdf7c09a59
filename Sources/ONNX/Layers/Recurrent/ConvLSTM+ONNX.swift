package import NeuralNetwork
import Tensors

extension BaseConvLSTM: ONNXLayer {
  /// Adds a `Conv` of all steps, and the nodes of one step after the other; those of the output
  /// alone.
  package final func addNodes(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> Value {
    try addOutputs(to: graph, inputs)[0]
  }

  /// Adds a `Conv` of all steps, and the nodes of one step after the other.
  package final func addOutputs(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> [Value] {
    try options.requireNoKeptStates(of: self)
    let (x, states) = (inputs[0], inputs.dropFirst())
    let shape = try resultShape(of: [x])
    let state = options.returnsSequences ? Shape(shape.dropFirst()) : shape
    let gates = inputGates(of: graph.channelsLast(x), to: state, graph)

    let kernel = graph.kernel("recurrent_kernel", of: self, 1)
    let ones = kernelExtents.map { _ in 1 }
    let window = SlidingWindow(size: kernelExtents, strides: ones, dilation: ones, padding: .same)
    let attributes = window.attributes(over: state)
    let recurrence = StepwiseRecurrence(
      goesBackwards: options.goesBackwards, zerosMaskedOutputs: options.zerosMaskedOutputs)
    let result = recurrence.addNodes(
      to: graph, steps: x.shape[0],
      mask: states.isEmpty || options.usesMaskWithStates ? x.mask : nil,
      states: states.map(graph.channelsFirst)
    ) { step, before in
      var sums = gates[step]
      if let h = before.first {
        let product = graph.addNode("Conv", [h.name, kernel], attributes)[0]
        sums = graph.addNode("Add", [sums, product])[0]
      }
      return graph.longShortTermMemory(
        sums, cell: before.last, options, shape: state, layout: .channelsFirst)
    }
    let last = options.returnsState ? result.states : []
    guard options.returnsSequences else { return [result.outputs[result.outputs.count - 1]] + last }
    // The channels of the steps come last.
    let order = [0, 1] + (3..<state.count + 2) + [2]
    let sequences = graph.add(
      "Transpose", [graph.joinedSteps(result.outputs)],
      [AttributeProto("perm", .integers(order))], shape: shape)
    return [sequences] + last
  }

  /// Adds the convolutions of the input: for each step, the four gates as channels.
  private func inputGates(of x: Value, to state: Shape, _ graph: GraphBuilder) -> [String] {
    let (steps, frame) = (x.shape[0], Shape(x.shape.dropFirst()))
    let channels = 4 * filters
    let all = graph.withBatch(ofSteps: steps) { () -> Value in
      let frames = graph.channelsFirst(
        graph.add("Reshape", [x.name, graph.integers("frames", [-1] + frame)], shape: frame))
      let window = SlidingWindow(
        size: kernelExtents, strides: strideExtents, dilation: dilationExtents, padding: padding)
      let bias =
        options.usesBias ? [graph.weight("bias", of: self, [2], extents: [channels])] : []
      return graph.add(
        "Conv", [frames.name, graph.kernel("kernel", of: self, 0)] + bias,
        window.attributes(over: frame), shape: Shape(state.dropLast() + [channels]),
        layout: .channelsFirst)
    }
    let planes = graph.reshaped(all.name, [-1, steps, channels] + state.dropLast())
    return graph.split(planes, into: steps).map { graph.squeezed($0, [1]) }
  }
}
