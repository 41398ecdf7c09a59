import NeuralNetwork
import Tensors

/// Recurrent layers in PyTorch.
extension TorchModule {
  mutating func recurrent(
    _ layer: BaseRecurrent, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> [Value] {
    let result = try pass(
      TorchPass(layer), call, inputs[0], states: inputs.dropFirst().map { natural($0).code })
    return [Value(code: result.output, layout: .natural)]
      + result.states.map { Value(code: $0, layout: .natural) }
  }

  mutating func bidirectional(
    _ layer: Bidirectional, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> [Value] {
    let states = inputs.dropFirst().map { natural($0).code }
    let count = states.isEmpty ? 0 : layer.forward.cell.stateCount
    let (before, after) = (Array(states.prefix(count)), Array(states.dropFirst(count)))
    let result =
      inputs[0].mask == nil && layer.isOneModule && layer.mergeMode != nil
      ? try bidirectionalModule(layer, call, inputs[0], before, after)
      : try passes(layer, call, inputs[0], before, after)
    return (result.outputs + result.states).map { Value(code: $0, layout: .natural) }
  }

  /// Goes through the sequences in one direction.
  ///
  /// - Parameters:
  ///   - pass: The layer and its direction.
  ///   - call: The call.
  ///   - x: The sequences, with their mask.
  ///   - states: The expressions of the states before the first step; empty for zeros.
  /// - Returns: The expression of the output, and those of the states if the layer returns them.
  /// - Throws: ``CheckpointError`` if the layer keeps its states, or a value cannot be read.
  private mutating func pass(
    _ pass: TorchPass, _ call: InferenceGraph.Call, _ x: Value, states: [String]
  ) throws(CheckpointError) -> (output: String, states: [String]) {
    let (layer, options) = (pass.layer, pass.layer.options)
    let mask = states.isEmpty || options.usesMaskWithStates ? x.mask : nil
    guard layer.isModule, mask == nil else {
      return try recurrence(pass, call, x, mask, states)
    }
    let module = try declareModule([pass], call, suffix: pass.suffix)
    let sequences = natural(x).code + (options.goesBackwards ? ".flip(1)" : "")
    let before = states.map { "\($0).unsqueeze(0)" }
    let call = "\(module)(\(([sequences] + layer.cell.joined(before)).joined(separator: ", ")))"
    var (output, last) = ("\(call)[0]", [String]())
    if options.returnsState {
      (output, last) = unpackStates(call, pass.suffix, layer.cell)
      last = last.map { "\($0)[0]" }
    }
    guard options.returnsSequences else { return ("\(output)[:, -1]", last) }
    return (output + (options.goesBackwards && pass.keepsOrder ? ".flip(1)" : ""), last)
  }

  /// Calls a cell for one step after the other.
  private mutating func recurrence(
    _ pass: TorchPass, _ call: InferenceGraph.Call, _ x: Value, _ mask: String?,
    _ states: [String]
  ) throws(CheckpointError) -> (output: String, states: [String]) {
    let (layer, options) = (pass.layer, pass.layer.options)
    let cell = try declareCell(pass, call)
    use(.recurrence)
    let sequences = hold(natural(x).code, "\(call.name)_input")
    var arguments = [cell, sequences]
    if !states.isEmpty {
      arguments.append("(\(states.joined(separator: ", "))\(states.count == 1 ? "," : ""))")
    }
    if let mask { arguments.append("mask=\(mask)") }
    if options.goesBackwards { arguments.append("backwards=True") }
    if mask != nil, options.zerosMaskedOutputs { arguments.append("zeros=True") }
    let code = "recurrence(\(arguments.joined(separator: ", ")))"
    var (output, last) = ("\(code)[\(options.returnsSequences ? 0 : 1)]", [String]())
    if options.returnsState {
      let names = unpack(
        code, ["outputs", "output", "states"].map { "\(call.name)\(pass.suffix)_\($0)" }
      ) { $0.joined(separator: ", ") }
      output = names[options.returnsSequences ? 0 : 1]
      last = (0..<layer.cell.stateCount).map { "\(names[2])[\($0)]" }
    }
    let isReversed = options.returnsSequences && options.goesBackwards && pass.keepsOrder
    return (output + (isReversed ? ".flip(1)" : ""), last)
  }

  /// Goes through the sequences in both directions with one module.
  private mutating func bidirectionalModule(
    _ layer: Bidirectional, _ call: InferenceGraph.Call, _ x: Value, _ before: [String],
    _ after: [String]
  ) throws(CheckpointError) -> (outputs: [String], states: [String]) {
    let (cell, units) = (layer.forward.cell, layer.forward.units)
    let module = try declareModule(TorchPass.both(layer), call, suffix: "")
    let states = zip(before, after).map { "torch.stack([\($0), \($1)])" }
    let arguments = [natural(x).code] + cell.joined(states)
    let code = "\(module)(\(arguments.joined(separator: ", ")))"
    // The outputs of both directions, one after the other in each step; their last states, one
    // direction after the other.
    var (outputs, ends, last) = ("\(code)[0]", "\(code)[1]", [String]())
    if layer.forward.options.returnsState {
      let names = unpackStates(code, "", cell)
      outputs = names.output
      ends = names.states[0]
      last = [0, 1].flatMap { direction in names.states.map { "\($0)[\(direction)]" } }
    } else if cell.kind == .lstm {
      ends += "[0]"
    }
    let isSequence = layer.forward.options.returnsSequences
    guard layer.mergeMode != .concatenate else {
      return ([isSequence ? outputs : "\(ends).transpose(0, 1).flatten(1)"], last)
    }
    let function =
      switch layer.mergeMode {
      case .multiply: "prod"
      case .average: "mean"
      case .sum, .concatenate, nil: "sum"
      }
    let output =
      isSequence
      ? "\(outputs).unflatten(2, (2, \(units))).\(function)(2)" : "\(ends).\(function)(0)"
    return ([output], last)
  }

  /// Goes through the sequences in both directions, one after the other.
  private mutating func passes(
    _ layer: Bidirectional, _ call: InferenceGraph.Call, _ x: Value, _ before: [String],
    _ after: [String]
  ) throws(CheckpointError) -> (outputs: [String], states: [String]) {
    let sequences = Value(
      code: hold(natural(x).code, "\(call.name)_input"), layout: .natural, mask: x.mask)
    let both = TorchPass.both(layer)
    let one = try pass(both[0], call, sequences, states: before)
    let other = try pass(both[1], call, sequences, states: after)
    let outputs =
      switch layer.mergeMode {
      case nil: [one.output, other.output]
      case .concatenate: ["torch.cat([\(one.output), \(other.output)], -1)"]
      case .sum: ["\(one.output) + \(other.output)"]
      case .multiply: ["\(one.output) * \(other.output)"]
      case .average: ["(\(one.output) + \(other.output)) / 2"]
      }
    return (outputs, one.states + other.states)
  }

  /// Assigns the results of a module to variables.
  private mutating func unpackStates(
    _ code: String, _ suffix: String, _ cell: RecurrentCell
  ) -> (output: String, states: [String]) {
    let states = cell.kind == .lstm ? ["h", "c"] : ["h"]
    let names = unpack(code, (["y"] + states).map { $0 + suffix }) { names in
      cell.kind == .lstm
        ? "\(names[0]), (\(names[1]), \(names[2]))" : "\(names[0]), \(names[1])"
    }
    return (names[0], Array(names.dropFirst()))
  }

  // MARK: - Modules

  /// Declares the module of a layer, or of both directions.
  private mutating func declareModule(
    _ passes: [TorchPass], _ call: InferenceGraph.Call, suffix: String
  ) throws(CheckpointError) -> String {
    let layer = passes[0].layer
    var options = layer.moduleOptions(features: call.inputShapes[0][1])
    options.append("batch_first=True")
    if passes.count > 1 { options.append("bidirectional=True") }
    return try declare(
      call, suffix: suffix, "nn.\(layer.cell.className)(\(options.joined(separator: ", ")))"
    ) { name, tensors throws(CheckpointError) in
      for (pass, ending) in zip(passes, ["_l0", "_l0_reverse"]) {
        for (key, tensor) in try pass.weights(call) {
          tensors.add("\(name).\(key)\(ending)", shape: tensor.shape.dimensions, tensor.scalars)
        }
      }
    }
  }

  /// Declares the cell of a layer.
  private mutating func declareCell(
    _ pass: TorchPass, _ call: InferenceGraph.Call
  ) throws(CheckpointError) -> String {
    let layer = pass.layer
    var options = layer.moduleOptions(features: call.inputShapes[0][1])
    var className = "nn.\(layer.cell.className)Cell"
    if !layer.isModule {
      let helper: TorchHelper
      switch layer.cell.kind {
      case .simple: helper = .RNNCell
      case .lstm: helper = .LSTMCell
      case .gru(let resetAfter): helper = resetAfter ? .GRUCell : .ResetBeforeGRUCell
      }
      use(helper)
      className = "\(helper)"
      let gates = layer.cell.kind == .simple ? [] : [layer.options.recurrentActivation]
      options.insert(
        contentsOf: ([layer.options.activation] + gates).map { function($0, call) }, at: 2)
    }
    return try declare(
      call, suffix: "\(pass.suffix)_cell", "\(className)(\(options.joined(separator: ", ")))"
    ) { name, tensors throws(CheckpointError) in
      let weights = try pass.weights(call)
      guard layer.cell.kind == .gru(resetAfter: false) else {
        for (key, tensor) in weights {
          tensors.add("\(name).\(key)", shape: tensor.shape.dimensions, tensor.scalars)
        }
        return
      }
      for (key, tensor) in weights {
        let (extents, values, units) = (tensor.shape.dimensions, tensor.scalars, layer.units)
        switch key {
        case "weight_ih": tensors.add("\(name).x.weight", shape: extents, values)
        case "bias_ih": tensors.add("\(name).x.bias", shape: extents, values)
        case "weight_hh":
          let gates = 2 * units * units
          tensors.add(
            "\(name).gates.weight", shape: [2 * units, units], Array(values[..<gates]))
          tensors.add(
            "\(name).candidate.weight", shape: [units, units], Array(values[gates...]))
        default: break
        }
      }
    }
  }
}

/// A recurrent layer that goes through sequences in one direction.
private struct TorchPass {
  /// The layer.
  let layer: BaseRecurrent

  /// What the names of the variables begin with.
  var prefix = ""

  /// What the names in the module end with.
  var suffix = ""

  /// Whether the outputs of a layer that goes backwards are in the order of the input.
  var keepsOrder = false

  init(_ layer: BaseRecurrent) { self.layer = layer }

  private init(_ layer: BaseRecurrent, direction: String) {
    (self.layer, prefix, suffix, keepsOrder) = (layer, "\(direction)_", "_\(direction)", true)
  }

  /// Both directions of a layer.
  static func both(_ layer: Bidirectional) -> [TorchPass] {
    [
      TorchPass(layer.forward, direction: "forward"),
      TorchPass(layer.backward, direction: "backward"),
    ]
  }

  /// Keras's gates in PyTorch's order: reset, update, candidate of GRU; that of LSTM is the same.
  private var gates: [Int] {
    switch layer.cell.kind {
    case .gru: [1, 0, 2]
    case .simple, .lstm: Array(0..<layer.cell.gates)
    }
  }

  /// The weights of the layer by their names in PyTorch.
  ///
  /// - Throws: ``CheckpointError`` if the layer keeps its states, or a value cannot be read.
  func weights(
    _ call: InferenceGraph.Call
  ) throws(CheckpointError) -> [(key: String, tensor: Tensor)] {
    guard !layer.options.isStateful else {
      throw call.refused(
        "a module of PyTorch", "keeps its states between batches (stateful), and")
    }
    let cell = layer.cell
    func tensor(_ name: String) throws(CheckpointError) -> Tensor {
      guard let value = try call.value(prefix + name) else {
        throw .unsupportedModel("Internal error: the layer '\(call.name)' has no \(name)")
      }
      return value
    }
    var weights = [
      ("weight_ih", cell.rows(of: try tensor("kernel"), gates: gates)),
      ("weight_hh", cell.rows(of: try tensor("recurrent_kernel"), gates: gates)),
    ]
    guard layer.options.usesBias else { return weights }
    let (bias, width) = (try tensor("bias"), cell.gates * cell.units)
    // PyTorch's cells have a bias of the product with the state, too.
    let rows =
      bias.rank == 2
      ? (0..<2).map { bias.slice($0..<$0 + 1, axis: 0).reshaped([width]) }
      : [bias, Tensor(zeros: [width])]
    weights += zip(["bias_ih", "bias_hh"], rows).map { ($0, cell.rows(of: $1, gates: gates)) }
    return weights
  }
}

extension BaseRecurrent {
  /// Whether a module of PyTorch computes the same.
  fileprivate var isModule: Bool {
    switch cell.kind {
    case .simple: options.activation == .tanh || options.activation == .relu
    case .lstm, .gru(resetAfter: true):
      options.activation == .tanh && options.recurrentActivation == .sigmoid
    case .gru: false
    }
  }

  /// The sizes and options of a module or cell.
  fileprivate func moduleOptions(features: Int) -> [String] {
    var options = ["\(features)", "\(units)"]
    if cell.kind == .simple, self.options.activation == .relu {
      options.append("nonlinearity=\"relu\"")
    }
    if !self.options.usesBias { options.append("bias=False") }
    return options
  }
}

extension Bidirectional {
  /// Whether one module computes both directions.
  fileprivate var isOneModule: Bool {
    let (one, other) = (forward, backward)
    return one.isModule && other.isModule && !one.options.goesBackwards
      && one.cell.kind == other.cell.kind && one.units == other.units
      && one.options.usesBias == other.options.usesBias
      && one.options.activation == other.options.activation
  }
}

extension RecurrentCell {
  /// The name of the class in PyTorch.
  fileprivate var className: String {
    switch kind {
    case .simple: "RNN"
    case .lstm: "LSTM"
    case .gru: "GRU"
    }
  }

  /// The states as one argument; empty without states.
  fileprivate func joined(_ states: [String]) -> [String] {
    kind == .lstm && !states.isEmpty ? ["(\(states.joined(separator: ", ")))"] : states
  }
}
