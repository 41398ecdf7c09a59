import NeuralNetwork
import Tensors

/// A recurrence whose steps are nodes of their own, for cells that ONNX has no operator for.
struct StepwiseRecurrence {
  /// Whether the last step comes first.
  let goesBackwards: Bool

  /// Whether the output of a masked step is 0; otherwise, it is that of the step before.
  let zerosMaskedOutputs: Bool

  /// Adds the nodes of all steps.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - steps: The number of steps.
  ///   - mask: The steps that count; the others keep the states. `nil` for all.
  ///   - states: The states before the first step; empty for zeros.
  ///   - advance: Adds the nodes of a step. It gets the number of the step and the states before
  ///     it, which are empty for zeros, and returns the next states; the first one is the output.
  /// - Returns: The outputs of the steps in the order of computation, and the last states.
  func addNodes(
    to graph: GraphBuilder, steps: Int, mask: StepMask?, states: [Value],
    advance: (_ step: Int, _ states: [Value]) -> [Value]
  ) -> (outputs: [Value], states: [Value]) {
    let initial = states
    var (outputs, states): ([Value], [Value]) = ([], initial)
    var isKept: [String] = []
    for step in goesBackwards ? Array((0..<steps).reversed()) : Array(0..<steps) {
      let new = advance(step, states)
      guard let mask else {
        states = new
        outputs.append(new[0])
        continue
      }
      if isKept.isEmpty {
        // [batch, steps, 1, …], with as many axes as the states have.
        let axes = Array(2..<new[0].shape.count + 1)
        let name = mask.ofSteps.name
        isKept = graph.split(axes.isEmpty ? name : graph.unsqueezed(name, axes), into: steps)
      }
      func chosen(_ value: Value, else other: String?) -> Value {
        graph.add(
          "Where", [isKept[step], value.name, other ?? graph.scalar("nothing", 0)],
          shape: value.shape, layout: value.layout)
      }
      let before = states
      states = new.indices.map { index in
        chosen(new[index], else: before.isEmpty ? nil : before[index].name)
      }
      // The state is the output before, too, if both begin with zeros.
      outputs.append(
        initial.isEmpty && !zerosMaskedOutputs
          ? states[0]
          : chosen(new[0], else: zerosMaskedOutputs ? nil : outputs.last?.name))
    }
    return (outputs, states)
  }
}

extension GraphBuilder {
  /// Concatenates the outputs of all steps, `[batch, steps, …]`.
  func joinedSteps(_ outputs: [Value]) -> String {
    addNode(
      "Concat", outputs.map { unsqueezed($0.name, [1]) }, [AttributeProto("axis", .integer(1))])[0]
  }

  /// Adds a step of long short-term memory behind its products.
  ///
  /// - Parameters:
  ///   - sums: The name of the sums of the input, forget, candidate and output gates, one after the
  ///     other in the axis after the batch.
  ///   - cell: The cell state before the step; `nil` for zeros.
  ///   - options: The activation functions.
  ///   - shape: The shape of a state.
  ///   - layout: The layout of a state.
  /// - Returns: The output and the cell state.
  func longShortTermMemory(
    _ sums: String, cell: Value?, _ options: RecurrentOptions, shape: Shape, layout: Value.Layout
  ) -> [Value] {
    let parts = split(sums, into: 4).map { Value(name: $0, shape: shape, layout: layout) }
    func gate(_ index: Int) -> Value {
      options.recurrentActivation.addNodes(to: self, parts[index])
    }
    let new = map("Mul", gate(0), [options.activation.addNodes(to: self, parts[2]).name])
    let next = cell.map { map("Add", map("Mul", gate(1), [$0.name]), [new.name]) } ?? new
    return [map("Mul", gate(3), [options.activation.addNodes(to: self, next).name]), next]
  }
}

extension RecurrentOptions {
  /// Refuses a layer that keeps its states between batches.
  func requireNoKeptStates(of layer: Layer) throws(ONNXError) {
    guard isStateful else { return }
    throw .unsupported(
      layer: layer.name, reason: "keeps its states between batches (stateful), unlike ONNX")
  }
}
