import NeuralNetwork
import Tensors

extension RecurrentPass {
  /// Adds the nodes of one step after the other, for a cell with functions that the operators lack.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - x: The sequences.
  ///   - mask: The steps that count; `nil` for all.
  ///   - states: The states before the first step; empty for zeros.
  /// - Returns: The output, and the states after the last step if the layer returns them.
  /// - Throws: ``ONNXError`` if the layer keeps its states.
  func addStepwiseNodes(
    to graph: GraphBuilder, _ x: Value, _ mask: StepMask?, states: [Value]
  ) throws(ONNXError) -> (output: Value, states: [Value]) {
    try options.requireNoKeptStates(of: owner)
    let (steps, x) = (x.shape[0], graph.channelsLast(x))
    let cell = StepwiseCell(pass: self, graph: graph, features: x.shape[1])
    let sums = graph.split(cell.inputSums(of: x.name), into: steps).map { graph.squeezed($0, [1]) }
    let zeros = states.isEmpty ? cell.zeros(like: x.name) : []
    let recurrence = StepwiseRecurrence(
      goesBackwards: options.goesBackwards,
      zerosMaskedOutputs: options.zerosMaskedOutputs)
    var (outputs, last) = recurrence.addNodes(
      to: graph, steps: steps, mask: mask, states: states + zeros
    ) { step, before in cell.advance(sums[step], before) }
    if !options.returnsState { last = [] }
    guard options.returnsSequences else { return (outputs[outputs.count - 1], last) }
    if options.goesBackwards, keepsOrder { outputs.reverse() }
    let output = Value(
      name: graph.joinedSteps(outputs), shape: [steps, layer.units], layout: .channelsLast)
    return (output, last)
  }
}

/// A step of a recurrent cell as nodes.
private struct StepwiseCell {
  let pass: RecurrentPass
  let graph: GraphBuilder
  let features: Int

  private var layer: BaseRecurrent { pass.layer }
  private var options: RecurrentOptions { pass.layer.options }
  private var units: Int { pass.layer.units }
  private var width: Int { pass.layer.cell.gates * units }

  init(pass: RecurrentPass, graph: GraphBuilder, features: Int) {
    (self.pass, self.graph, self.features) = (pass, graph, features)
  }

  /// The products of all steps with the kernel, with the bias: `[batch, steps, gates * units]`.
  func inputSums(of x: String) -> String {
    let kernel = weight("kernel", 0, extents: [features, width])
    let product = graph.addNode("MatMul", [x, kernel])[0]
    return added(product, bias(row: 0))
  }

  /// The states before the first step, with the batch of the sequences.
  func zeros(like x: String) -> [Value] {
    let extents = graph.addNode(
      "Concat", [graph.extent(of: x, axis: 0), graph.integers("units", [units])],
      [AttributeProto("axis", .integer(0))])[0]
    let zeros = graph.add("ConstantOfShape", [extents], shape: [units])
    return (0..<layer.cell.stateCount).map { _ in zeros }
  }

  /// Adds a step.
  ///
  /// - Parameters:
  ///   - sums: The products of the step with the kernel.
  ///   - states: The states before the step.
  /// - Returns: The states after the step.
  func advance(_ sums: String, _ states: [Value]) -> [Value] {
    let h = states[0]
    switch layer.cell.kind {
    case .simple:
      return [activated(added(sums, product(h.name, recurrentKernel())))]
    case .lstm:
      return graph.longShortTermMemory(
        added(sums, product(h.name, recurrentKernel())), cell: states[1], options, shape: [units],
        layout: .channelsLast)
    case .gru(let resetsAfter):
      let x = graph.split(sums, into: 3)
      var products: [String]
      if resetsAfter {
        let all = added(product(h.name, recurrentKernel()), bias(row: 1))
        products = graph.split(all, into: 3)
      } else {
        products = graph.split(product(h.name, recurrentKernel(0..<2)), into: 2)
      }
      let update = gate(added(x[0], products[0]))
      let reset = gate(added(x[1], products[1]))
      if !resetsAfter {
        let state = graph.map("Mul", reset, [h.name])
        products.append(product(state.name, recurrentKernel(2..<3)))
      } else {
        products[2] = graph.map("Mul", reset, [products[2]]).name
      }
      let new = activated(added(x[2], products[2]))
      // z h + (1 − z) n = n + z (h − n)
      let change = graph.map("Mul", update, [graph.map("Sub", h, [new.name]).name])
      return [graph.map("Add", new, [change.name])]
    }
  }

  private func activated(_ name: String) -> Value {
    options.activation.addNodes(to: graph, value(name))
  }

  private func gate(_ name: String) -> Value {
    options.recurrentActivation.addNodes(to: graph, value(name))
  }

  private func value(_ name: String) -> Value {
    Value(name: name, shape: [units], layout: .channelsLast)
  }

  private func product(_ name: String, _ kernel: String) -> String {
    graph.addNode("MatMul", [name, kernel])[0]
  }

  private func added(_ name: String, _ other: String?) -> String {
    other.map { graph.addNode("Add", [name, $0])[0] } ?? name
  }

  /// The recurrent kernel, or the part of some gates.
  private func recurrentKernel(_ gates: Range<Int>? = nil) -> String {
    guard let gates else { return weight("recurrent_kernel", 1, extents: [units, width]) }
    let columns = gates.lowerBound * units..<gates.upperBound * units
    let name = gates.count == 1 ? "recurrent_kernel_of_candidate" : "recurrent_kernel_of_gates"
    return weight(name, 1, extents: [units, columns.count]) { $0[0].slice(columns, axis: 1) }
  }

  /// The bias of the input, or that of the recurrent product, which only GRU may have; `nil` for
  /// none.
  private func bias(row: Int) -> String? {
    guard options.usesBias else { return nil }
    guard layer.cell.biasShape.count == 2 else { return weight("bias", 2, extents: [width]) }
    let width = width
    return weight(row == 0 ? "bias" : "recurrent_bias", 2, extents: [width]) {
      $0[0].slice(row..<row + 1, axis: 0).reshaped([width])
    }
  }

  private func weight(
    _ name: String, _ index: Int, extents: [Int], form: @escaping ([Tensor]) -> Tensor = { $0[0] }
  ) -> String {
    graph.weight(
      pass.prefix + name, of: pass.owner, [pass.firstWeight + index], extents: extents, form: form)
  }
}
