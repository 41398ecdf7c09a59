import NeuralNetwork
import Tensors

/// The node of a recurrent cell: `LSTM`, `GRU` or `RNN`, for one direction or for both.
struct RecurrentNode {
  /// The layer that has the weights, and whose name errors tell.
  let owner: Layer

  /// The layer of each direction, and the index of its first weight.
  let directions: [(layer: BaseRecurrent, firstWeight: Int)]

  /// The beginning of the names of the weights in the graph.
  var prefix = ""

  private var cell: RecurrentCell { directions[0].layer.cell }

  /// Adds the node.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - sequences: The name of the sequences, `[steps, batch, features]`.
  ///   - features: The number of features.
  ///   - direction: `forward`, `reverse` or `bidirectional`.
  ///   - lengths: The name of the numbers of steps of the sequences, if they differ.
  ///   - states: The states of each direction before the first step; empty for zeros.
  /// - Returns: The names of the outputs of all steps, `[steps, directions, batch, units]`, and of
  ///   the states after the last one, `[directions, batch, units]`.
  /// - Throws: ``ONNXError`` if the cell cannot be expressed.
  func add(
    to graph: GraphBuilder, _ sequences: String, features: Int, direction: String,
    lengths: String? = nil, states: [[Value]]
  ) throws(ONNXError) -> (outputs: String, states: [String]) {
    for (layer, _) in directions { try layer.options.requireNoKeptStates(of: owner) }
    var inputs = [
      sequences, inputKernel(graph, features), recurrentKernel(graph), bias(graph) ?? "",
      lengths ?? "",
    ]
    for index in states[0].indices {
      let parts = states.map { graph.unsqueezed($0[index].name, [0]) }
      inputs.append(
        parts.count == 1
          ? parts[0] : graph.addNode("Concat", parts, [AttributeProto("axis", .integer(0))])[0])
    }
    while inputs.last == "" { inputs.removeLast() }
    let outputs = graph.addNode(
      operatorType, inputs, attributes(direction), outputCount: 1 + cell.stateCount)
    return (outputs[0], Array(outputs.dropFirst()))
  }

  private var operatorType: String {
    switch cell.kind {
    case .simple: "RNN"
    case .lstm: "LSTM"
    case .gru: "GRU"
    }
  }

  /// Keras's gates in ONNX's order: input, output, forget, candidate of LSTM; update, reset,
  /// candidate of GRU.
  private var gates: [Int] { cell.kind == .lstm ? [0, 3, 1, 2] : Array(0..<cell.gates) }

  private var width: Int { cell.gates * cell.units }

  /// The columns of a matrix as rows, or the elements of a vector, gate by gate in ONNX's order.
  private func arranged(_ weight: Tensor) -> Tensor { cell.rows(of: weight, gates: gates) }

  private func inputKernel(_ graph: GraphBuilder, _ features: Int) -> String {
    kernel(graph, "kernel", 0, columns: features)
  }

  private func recurrentKernel(_ graph: GraphBuilder) -> String {
    kernel(graph, "recurrent_kernel", 1, columns: cell.units)
  }

  private func kernel(
    _ graph: GraphBuilder, _ name: String, _ index: Int, columns: Int
  ) -> String {
    graph.weight(
      prefix + name, of: owner, directions.map { $0.firstWeight + index },
      extents: [directions.count, width, columns]
    ) { Tensor(concatenating: $0.map(arranged), axis: 0) }
  }

  /// The biases of the input, then those of the recurrent product, which only GRU may have.
  private func bias(_ graph: GraphBuilder) -> String? {
    let isUsed = directions.map(\.layer.options.usesBias)
    guard isUsed.contains(true) else { return nil }
    let indices = directions.filter(\.layer.options.usesBias).map { $0.firstWeight + 2 }
    return graph.weight(
      prefix + "bias", of: owner, indices, extents: [directions.count, 2 * width]
    ) { biases in
      var biases = biases[...]
      let none = Tensor(zeros: [width])
      let parts = isUsed.flatMap { isUsed -> [Tensor] in
        guard isUsed, let bias = biases.popFirst() else { return [none, none] }
        guard bias.rank == 2 else { return [arranged(bias), none] }
        return (0..<2).map { arranged(bias.slice($0..<$0 + 1, axis: 0).reshaped([width])) }
      }
      return Tensor(concatenating: parts, axis: 0)
    }
  }

  private func attributes(_ direction: String) -> [AttributeProto] {
    var attributes = [AttributeProto("hidden_size", .integer(cell.units))]
    if direction != "forward" {
      attributes.append(AttributeProto("direction", .string(direction)))
    }
    if cell.kind == .gru(resetAfter: true) {
      attributes.append(AttributeProto("linear_before_reset", .integer(1)))
    }
    var gates: [GateFunction] = []
    for (layer, _) in directions {
      if cell.kind != .simple {
        gates.append(layer.cell.recurrentActivation)
      }
      let function = layer.cell.activation
      gates += cell.kind == .lstm ? [function, function] : [function]
    }
    let isDefault = directions.allSatisfy { layer, _ in
      layer.cell.activation == .tanh
        && (cell.kind == .simple || layer.cell.recurrentActivation == .sigmoid)
    }
    guard !isDefault else { return attributes }
    let functions = gates.compactMap(CellFunction.init)
    attributes.append(AttributeProto("activations", .strings(functions.map(\.name))))
    // The parameters of the functions that have some, in their order.
    let (alphas, betas) = (functions.compactMap(\.alpha), functions.compactMap(\.beta))
    if !alphas.isEmpty { attributes.append(AttributeProto("activation_alpha", .floats(alphas))) }
    if !betas.isEmpty { attributes.append(AttributeProto("activation_beta", .floats(betas))) }
    return attributes
  }
}

extension BaseRecurrent {
  /// Whether an operator of ONNX computes the cell, which has its functions.
  var hasOperator: Bool {
    CellFunction(cell.activation) != nil
      && (cell.kind == .simple || CellFunction(cell.recurrentActivation) != nil)
  }
}

/// An activation function of ONNX's cells, with its parameters.
private struct CellFunction {
  let name: String
  var alpha: Float?
  var beta: Float?

  private init(_ name: String, alpha: Float? = nil, beta: Float? = nil) {
    (self.name, self.alpha, self.beta) = (name, alpha, beta)
  }

  /// The function; `nil` if ONNX's cells lack it.
  init?(_ function: GateFunction) {
    switch function {
    case .linear: self.init("Affine", alpha: 1, beta: 0)
    case .relu: self.init("Relu")
    case .sigmoid: self.init("Sigmoid")
    case .tanh: self.init("Tanh")
    case .hardSigmoid: self.init("HardSigmoid", alpha: 1 / 6, beta: 0.5)
    case .keras2HardSigmoid: self.init("HardSigmoid", alpha: 0.2, beta: 0.5)
    case .softsign: self.init("Softsign")
    case .elu: self.init("Elu", alpha: 1)
    case .selu: return nil
    }
  }
}
