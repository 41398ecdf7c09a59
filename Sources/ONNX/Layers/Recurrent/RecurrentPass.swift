import NeuralNetwork
import Tensors

/// A recurrent layer that goes through sequences in one direction.
struct RecurrentPass {
  /// The layer.
  let layer: BaseRecurrent

  /// The layer that has the weights, and the index of the first of them.
  let (owner, firstWeight): (Layer, Int)

  /// The beginning of the names of the weights in the graph.
  var prefix = ""

  /// Whether the outputs of a layer that goes backwards are in the order of the input.
  var keepsOrder = false

  private var units: Int { layer.units }
  var options: RecurrentOptions { layer.options }

  private var node: RecurrentNode {
    RecurrentNode(owner: owner, directions: [(layer, firstWeight)], prefix: prefix)
  }

  /// Adds the nodes.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - x: The sequences.
  ///   - states: The states before the first step; empty for zeros.
  /// - Returns: The output, and the states after the last step if the layer returns them.
  /// - Throws: ``ONNXError`` if the layer cannot be expressed.
  func addNodes(
    to graph: GraphBuilder, _ x: Value, states: [Value]
  ) throws(ONNXError) -> (output: Value, states: [Value]) {
    let mask = states.isEmpty || options.usesMaskWithStates ? x.mask : nil
    guard layer.hasOperator else {
      return try addStepwiseNodes(to: graph, x, mask, states: states)
    }
    if let mask {
      return try addMaskedNodes(to: graph, x, mask, states: states)
    }
    let result = try node.add(
      to: graph, graph.stepsFirst(x), features: x.shape[1],
      direction: options.goesBackwards ? "reverse" : "forward", states: [states])
    func state(_ index: Int) -> Value {
      graph.add(
        "Squeeze", [result.states[index], graph.integers("direction", [0])], shape: [units])
    }
    let last = options.returnsState || !options.returnsSequences ? [state(0)] : []
    let others = options.returnsState ? result.states.indices.dropFirst().map(state) : []
    guard options.returnsSequences else { return (last[0], last + others) }
    var steps = graph.squeezed(result.outputs, [1])
    if options.goesBackwards, !keepsOrder { steps = graph.reversed(steps, axis: 0) }
    let output = graph.add(
      "Transpose", [steps], [AttributeProto("perm", .integers([1, 0, 2]))],
      shape: [x.shape[0], units])
    return (output, last + others)
  }

  /// Adds the nodes for sequences with any mask.
  ///
  /// A cell of ONNX knows only the number of steps of each sequence. So the steps that count are
  /// moved to the front, and each step gets the output of the last step before it that counts.
  private func addMaskedNodes(
    to graph: GraphBuilder, _ x: Value, _ mask: StepMask, states: [Value]
  ) throws(ONNXError) -> (output: Value, states: [Value]) {
    let steps = x.shape[0]
    var (sequences, isKept) = (graph.channelsLast(x).name, mask.name)
    if options.goesBackwards {
      sequences = graph.reversed(sequences, axis: 1)
      isKept = graph.reversed(isKept, axis: 1)
    }
    let ones = graph.cast(isKept, to: TensorProto.DataType.integer)
    let (axis, one, zero) = (
      graph.integers("steps", [1]), graph.integers("one", [1]), graph.integers("zero", [0])
    )
    // The numbers of steps that count, up to each step and in all.
    let counts = graph.addNode("CumSum", [ones, axis])[0]
    let total = graph.addNode("ReduceSum", [ones, axis])[0]
    let isAny = graph.addNode("Greater", [total, zero])[0]
    let lengths = graph.cast(
      graph.squeezed(graph.addNode("Max", [total, one])[0], [1]),
      to: TensorProto.DataType.shortInteger)

    // The greatest keys are those of the steps that count, in their order.
    let isStep = graph.addNode("Or", [isKept, graph.addNode("Not", [isKept])[0]])[0]
    let places = graph.addNode(
      "CumSum", [graph.cast(isStep, to: TensorProto.DataType.integer), axis])[0]
    let first = graph.addNode("Mul", [ones, graph.integers("far", [1 << 32])])[0]
    let order = graph.addNode(
      "TopK",
      [graph.addNode("Sub", [first, places])[0], graph.extent(of: isKept, axis: 1)],
      [AttributeProto("axis", .integer(1))], outputCount: 2)[1]
    let moved = graph.gatheredSteps(sequences, order)

    let result = try node.add(
      to: graph, graph.transposed(moved, [1, 0, 2]), features: x.shape[1], direction: "forward",
      lengths: lengths, states: [states])
    let nothing = graph.scalar("nothing", 0)
    func state(_ index: Int, orElse initial: String) -> Value {
      graph.add(
        "Where", [isAny, graph.squeezed(result.states[index], [0]), initial], shape: [units])
    }
    let last =
      options.returnsState
      ? result.states.indices.map { index in
        state(index, orElse: states.isEmpty ? nothing : states[index].name)
      } : []
    guard options.returnsSequences else {
      // Without any step that counts, the output is 0 whatever the state is.
      let output = last.isEmpty || !states.isEmpty ? state(0, orElse: nothing) : last[0]
      guard options.zerosMaskedOutputs else { return (output, last) }
      let isLastKept = graph.addNode(
        "Gather", [isKept, graph.integers("last", [-1])], [AttributeProto("axis", .integer(1))])[0]
      return (graph.add("Where", [isLastKept, output.name, nothing], shape: [units]), last)
    }
    let outputs = graph.transposed(graph.squeezed(result.outputs, [1]), [1, 0, 2])
    let sources = graph.addNode("Max", [graph.addNode("Sub", [counts, one])[0], zero])[0]
    let hasOutput =
      options.zerosMaskedOutputs ? isKept : graph.addNode("Greater", [counts, zero])[0]
    var y = graph.addNode(
      "Where",
      [graph.unsqueezed(hasOutput, [2]), graph.gatheredSteps(outputs, sources), nothing])[0]
    if options.goesBackwards, keepsOrder { y = graph.reversed(y, axis: 1) }
    return (Value(name: y, shape: [steps, units], layout: .channelsLast), last)
  }
}

extension GraphBuilder {
  /// The sequences in the order of ONNX's cells, `[steps, batch, features]`.
  func stepsFirst(_ x: Value) -> String { transposed(x.name, [x.axis(1), 0, x.axis(2)]) }

  /// Takes steps of each sequence `[batch, steps, features]` by their numbers `[batch, steps]`.
  fileprivate func gatheredSteps(_ sequences: String, _ numbers: String) -> String {
    addNode(
      "GatherND", [sequences, unsqueezed(numbers, [2])],
      [AttributeProto("batch_dims", .integer(1))])[0]
  }
}
