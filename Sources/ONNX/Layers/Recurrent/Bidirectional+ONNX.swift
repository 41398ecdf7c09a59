package import NeuralNetwork
import Tensors

extension Bidirectional: ONNXLayer {
  /// Adds a node for both directions, or one for each; those of the output alone.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    try addOutputs(to: graph, inputs)[0]
  }

  /// Adds a node for both directions, or one for each, and merges the outputs unless they stay
  /// apart.
  package func addOutputs(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> [Value] {
    let (x, states) = (inputs[0], inputs.dropFirst())
    let count = states.isEmpty ? 0 : forward.cell.stateCount
    let (before, after) = (Array(states.prefix(count)), Array(states.dropFirst(count)))
    // One node takes both directions if only options differ that it has for each of them.
    let isOneNode =
      x.mask == nil && mergeMode != nil && !forward.options.goesBackwards
      && forward.cell.kind == backward.cell.kind && forward.units == backward.units
      && forward.hasOperator && backward.hasOperator
    let result =
      isOneNode
      ? try addNode(to: graph, x, [before, after])
      : try addNodes(to: graph, x, before, after)
    return result.outputs + (forward.options.returnsState ? result.states : [])
  }

  private func addNode(
    to graph: GraphBuilder, _ x: Value, _ states: [[Value]]
  ) throws(ONNXError) -> (outputs: [Value], states: [Value]) {
    let node = RecurrentNode(
      owner: self, directions: [(forward, 0), (backward, forward.weightCount)])
    let result = try node.add(
      to: graph, graph.stepsFirst(x), features: x.shape[1], direction: "bidirectional",
      states: states)
    let isSequence = forward.options.returnsSequences
    // The directions before the units.
    let both =
      isSequence
      ? graph.transposed(result.outputs, [2, 0, 1, 3])
      : graph.transposed(result.states[0], [1, 0, 2])
    let inner = isSequence ? [x.shape[0]] : []
    var last: [Value] = []
    for direction in forward.options.returnsState ? [0, 1] : [] {
      last += result.states.map { name in
        graph.add(
          "Gather", [name, graph.index("direction", direction)],
          [AttributeProto("axis", .integer(0))], shape: [forward.units])
      }
    }
    guard mergeMode != .concatenate else {
      let width = 2 * forward.units
      // 0 stands for the extent at the same place: those of the batch and of the steps.
      let extents = graph.integers("shape", [0] + inner.map { _ in 0 } + [width])
      return ([graph.add("Reshape", [both, extents], shape: Shape(inner + [width]))], last)
    }
    let operatorType =
      switch mergeMode {
      case .multiply: "ReduceProd"
      case .average: "ReduceMean"
      case .sum, .concatenate, nil: "ReduceSum"
      }
    let output = graph.add(
      operatorType, [both, graph.integers("directions", [inner.count + 1])],
      [AttributeProto("keepdims", .integer(0))], shape: Shape(inner + [forward.units]))
    return ([output], last)
  }

  private func addNodes(
    to graph: GraphBuilder, _ x: Value, _ before: [Value], _ after: [Value]
  ) throws(ONNXError) -> (outputs: [Value], states: [Value]) {
    let one = try RecurrentPass(
      layer: forward, owner: self, firstWeight: 0, prefix: "forward_", keepsOrder: true
    ).addNodes(to: graph, x, states: before)
    let other = try RecurrentPass(
      layer: backward, owner: self, firstWeight: forward.weightCount, prefix: "backward_",
      keepsOrder: true
    ).addNodes(to: graph, x, states: after)
    let outputs = [one.output.name, other.output.name]
    let shape = one.output.shape
    let merged: Value
    switch mergeMode {
    case nil: return ([one.output, other.output], one.states + other.states)
    case .concatenate:
      merged = graph.add(
        "Concat", outputs, [AttributeProto("axis", .integer(-1))],
        shape: Shape(shape.dropLast() + [forward.units + backward.units]))
    case .sum: merged = graph.add("Add", outputs, shape: shape)
    case .multiply: merged = graph.add("Mul", outputs, shape: shape)
    case .average: merged = graph.add("Mean", outputs, shape: shape)
    }
    return ([merged], one.states + other.states)
  }
}
