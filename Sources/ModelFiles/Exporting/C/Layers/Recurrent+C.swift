import NeuralNetwork
import Tensors

/// Recurrent layers in C: a loop over the steps, with a function for each kind of cell.
extension CProgram {
  mutating func recurrent(
    _ layer: BaseRecurrent, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let scratch = scratch(layer.stepMemory, index)
    let states = call.outputs.dropFirst().map { place(of: $0) }
    let pass = CPass(
      layer: layer, prefix: "", keepsOrder: false, y: place(ofResult: index), stride: layer.units,
      scratch: scratch, states: states, initial: call.inputs.dropFirst().map { place(of: $0) })
    try add(pass, call)
  }

  mutating func bidirectional(
    _ layer: Bidirectional, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    guard let mergeMode = layer.mergeMode else {
      throw call.refused("C", "returns both outputs (merge_mode None), and")
    }
    let (one, other) = (layer.forward, layer.backward)
    let (y, count) = (place(ofResult: index), call.outputShape.elementCount)
    let isJoined = mergeMode == .concatenate
    let memory = max(one.stepMemory, other.stepMemory)
    let scratch = scratch(memory + (isJoined ? 0 : count), index)
    let second = isJoined ? "(\(y) + \(one.units))" : "(\(scratch) + \(memory))"
    let states = call.outputs.dropFirst().map { place(of: $0) }
    let initial = call.inputs.dropFirst().map { place(of: $0) }
    let stateCount = one.cell.stateCount
    for (isFirst, layer) in [(true, one), (false, other)] {
      func own(_ places: [String]) -> [String] {
        Array(isFirst ? places.prefix(stateCount) : places.dropFirst(stateCount))
      }
      try add(
        CPass(
          layer: layer, prefix: isFirst ? "forward_" : "backward_", keepsOrder: true,
          y: isFirst ? y : second, stride: isJoined ? one.units + other.units : layer.units,
          scratch: scratch, states: own(states), initial: own(initial)), call)
    }
    switch mergeMode {
    case .concatenate: break
    case .sum: add("for (int32_t i = 0; i < \(count); i++) \(y)[i] += \(second)[i];")
    case .multiply: add("for (int32_t i = 0; i < \(count); i++) \(y)[i] *= \(second)[i];")
    case .average:
      add(
        "for (int32_t i = 0; i < \(count); i++) \(y)[i] = (\(y)[i] + \(second)[i]) / 2.0f;")
    }
  }

  /// Adds the loop over the steps.
  private mutating func add(
    _ pass: CPass, _ call: InferenceGraph.Call
  ) throws(CheckpointError) {
    let (options, units) = (pass.layer.options, pass.layer.units)
    guard !options.isStateful else {
      throw call.refused("C", "keeps its states between batches (stateful), and")
    }
    let (steps, features) = (call.inputShapes[0][0], call.inputShapes[0][1])
    let bytes = "\(units) * sizeof(float)"
    let states = pass.stateAddresses
    for (index, state) in states.enumerated() {
      add(
        pass.initial.isEmpty
          ? "memset(\(state), 0, \(bytes));" : "memcpy(\(state), \(pass.initial[index]), \(bytes));"
      )
    }
    let usesMask = pass.initial.isEmpty || options.usesMaskWithStates
    let mask = usesMask ? call.masks[0].flatMap { maskPlaces[$0] } : nil
    let step = options.goesBackwards ? "(\(steps - 1) - t)" : "t"
    let row = options.goesBackwards && pass.keepsOrder ? step : "t"
    let output =
      options.returnsSequences ? "\(pass.y) + \(row) * \(pass.stride)" : pass.y
    let computation = try self.step(
      pass, call, "\(place(of: call.inputs[0])) + \(step) * \(features)", features)
    let copy = "memcpy(\(output), \(states[0]), \(bytes));"
    if mask != nil, !options.returnsSequences { add("memset(\(pass.y), 0, \(bytes));") }
    add("for (int32_t t = 0; t < \(steps); t++) {")
    if let mask {
      // A step that does not count keeps the states, and repeats the output before it or is 0.
      add("  if (\(mask)[\(step)] != 0.0f) {")
      add("    \(computation)")
      add("    \(copy)")
      if options.returnsSequences {
        let before = row == "t" ? "(t - 1)" : "(\(step) + 1)"
        if options.zerosMaskedOutputs {
          add("  } else memset(\(output), 0, \(bytes));")
        } else {
          add("  } else if (t == 0) memset(\(output), 0, \(bytes));")
          add("  else memcpy(\(output), \(pass.y) + \(before) * \(pass.stride), \(bytes));")
        }
      } else {
        add(options.zerosMaskedOutputs ? "  } else memset(\(output), 0, \(bytes));" : "  }")
      }
      add("}")
    } else {
      add("  \(computation)")
      if options.returnsSequences { add("  \(copy)") }
      add("}")
      if !options.returnsSequences { add(copy) }
    }
  }

  /// The call of the function of a step.
  private mutating func step(
    _ pass: CPass, _ call: InferenceGraph.Call, _ x: String, _ features: Int
  ) throws(CheckpointError) -> String {
    let (layer, cell) = (pass.layer, pass.layer.cell)
    let function: CFunction =
      switch cell.kind {
      case .simple: .rnn_step
      case .lstm: .lstm_step
      case .gru(resetAfter: true): .gru_step
      case .gru: .gru_reset_before_step
      }
    use(function)
    var arguments = ["\(x)", "\(features)"] + pass.stateAddresses + ["\(layer.units)"]
    for name in ["kernel", "recurrent_kernel", "bias"] {
      arguments.append(try table(call, variable: pass.prefix + name))
    }
    arguments += [pass.scratch, gate(cell.activation)]
    if cell.kind != .simple { arguments.append(gate(cell.recurrentActivation)) }
    return "cairn_\(function)(\(arguments.joined(separator: ", ")));"
  }

  /// The name of an activation function, as a pointer.
  private mutating func gate(_ function: GateFunction) -> String {
    let own: CFunction
    switch function {
    case .tanh: return "tanhf"
    case .sigmoid: own = .sigmoid
    case .linear: own = .identity
    case .relu: own = .relu
    case .hardSigmoid: own = .hard_sigmoid
    case .keras2HardSigmoid: own = .keras2_hard_sigmoid
    case .softsign: own = .softsign
    case .elu: own = .elu
    case .selu: own = .selu
    }
    use(own)
    return "cairn_\(own)"
  }
}

/// A recurrent layer that goes through sequences in one direction.
private struct CPass {
  let layer: BaseRecurrent
  /// What the names of the variables begin with.
  let prefix: String
  /// Whether the outputs of a layer that goes backwards are in the order of the input.
  let keepsOrder: Bool
  /// The address of the output.
  let y: String
  /// The elements from one step of the output to the next.
  let stride: Int
  /// The address of the layer's memory: that of a step, and then its states.
  let scratch: String
  /// The addresses of the states after the last step, if they are returned.
  let states: [String]
  /// The addresses of the states before the first step; empty for zeros.
  let initial: [String]

  /// Where the states are.
  var stateAddresses: [String] {
    states.isEmpty
      ? (0..<layer.cell.stateCount).map {
        "(\(scratch) + \(layer.gateMemory + $0 * layer.units))"
      } : states
  }
}

extension BaseRecurrent {
  /// The number of floats for the gates of a step.
  fileprivate var gateMemory: Int {
    switch cell.kind {
    case .simple: units
    case .lstm, .gru(resetAfter: false): 4 * units
    case .gru: 6 * units
    }
  }

  /// The number of floats for a step and for the states.
  fileprivate var stepMemory: Int { gateMemory + cell.stateCount * units }
}
