import NeuralNetwork
import Tensors

/// Attention in PyTorch.
extension TorchModule {
  /// Translates dot-product attention and additive attention.
  mutating func attention(
    _ layer: BaseAttention, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> Value {
    let names = held(inputs, call)
    let (query, value) = (names[0], names[1])
    let key = names[names.count - 1]
    var scores: String
    let sums = "(\(query).unsqueeze(2) + \(key).unsqueeze(1))"
    switch layer {
    case let layer as Attention:
      let scale = try parameter(call, "scale").map { " * \($0)" } ?? ""
      switch layer.scoreMode {
      case .dot: scores = "\(query) @ \(key).transpose(1, 2)\(scale)"
      case .concatenate:
        let factor = try parameter(call, "concat_score_weight") ?? "1"
        scores = "torch.tanh(\(sums)\(scale)).sum(3) * \(factor)"
      }
    case is AdditiveAttention:
      let scale = try parameter(call, "scale").map { " * \($0)" } ?? ""
      scores = "(torch.tanh(\(sums))\(scale)).sum(3)"
    default: throw call.refused("a module of PyTorch")
    }
    var masks = inputs[1].mask.map { ["\($0).unsqueeze(1)"] } ?? []
    if layer.isCausal { masks.append(causalMask(call, query)) }
    if !masks.isEmpty { scores += " - 1e9 * ~(\(masks.joined(separator: " & ")))" }
    scores = hold(scores, "\(call.name)_scores")
    let output = "\(scores).softmax(2) @ \(value)"
    return Value(
      code: inputs[0].mask.map { "\(output) * \($0).unsqueeze(2)" } ?? output, layout: .natural)
  }

  mutating func attention(
    _ layer: MultiHeadAttention, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> Value {
    let inputs = layer.arranged(inputs)
    let shapes = layer.arranged(call.inputShapes)
    let names = held(inputs, call)
    let last = names.count - 1
    func features(_ input: Int) -> Int { shapes[input][1] }
    let (keys, values) = (layer.heads * layer.keySize, layer.heads * layer.valueSize)
    let query = try projection(call, "query", features(0), keys)
    let key = try projection(call, "key", features(last), keys)
    let value = try projection(call, "value", features(1), values)
    let output = call.outputShape.dropFirst()
    let outer = try projection(call, "attention_output", values, output.reduce(1, *))
    use(.heads_attention)
    var arguments = [
      "\(query)(\(names[0]))", "\(key)(\(names[last]))", "\(value)(\(names[1]))", "\(layer.heads)",
    ]
    if let mask = mask(layer, call, inputs, query: names[0]) {
      arguments.append("mask=\(mask)")
      switch layer.emptyRows {
      case .averaged: break
      case .averagedByScores: arguments.append("adds=True")
      case .zero: arguments.append("zeros=True")
      }
    }
    var result = hold(
      "heads_attention(\(arguments.joined(separator: ", ")))", "\(call.name)_heads")
    if layer.useGate {
      let gate = try projection(call, "gate", features(0), values)
      result += " * torch.sigmoid(\(gate)(\(names[0])))"
    }
    let code = "\(outer)(\(result))"
    return Value(
      code: output.count == 1 ? code : "\(code).unflatten(2, \(tuple(Array(output))))",
      layout: .natural)
  }

  /// The inputs in variables.
  private mutating func held(_ inputs: [Value], _ call: InferenceGraph.Call) -> [String] {
    zip(inputs, ["query", "value", "key"]).map { value, name in
      hold(natural(value).code, "\(call.name)_\(name)", isOwn: true)
    }
  }

  /// The pairs of a query and a step that all masks allow; `nil` for all.
  private func mask(
    _ layer: MultiHeadAttention, _ call: InferenceGraph.Call, _ inputs: [Value], query: String
  ) -> String? {
    var masks = inputs.dropFirst().compactMap(\.mask).map { "\($0).unsqueeze(1)" }
    if let mask = inputs[0].mask { masks.append("\(mask).unsqueeze(2)") }
    if layer.isCausal { masks.append(causalMask(call, query)) }
    if let window = layer.window {
      masks.append("\(allPairs(call, query)).tril(\(window - 1)).triu(\(1 - window))")
    }
    return masks.isEmpty ? nil : masks.joined(separator: " & ")
  }

  /// Each query attends to its own step and to those before it.
  private func causalMask(_ call: InferenceGraph.Call, _ query: String) -> String {
    "\(allPairs(call, query)).tril()"
  }

  /// The pairs of all queries and all steps.
  private func allPairs(_ call: InferenceGraph.Call, _ query: String) -> String {
    "\(query).new_ones(1, \(call.inputShapes[0][0]), \(call.inputShapes[1][0]), dtype=torch.bool)"
  }

  /// Declares a projection of all heads.
  private mutating func projection(
    _ call: InferenceGraph.Call, _ name: String, _ inputs: Int, _ outputs: Int
  ) throws(CheckpointError) -> String {
    let bias = try call.values("\(name)_bias")
    return try declare(
      call, suffix: "_\(name)",
      "nn.Linear(\(inputs), \(outputs)\(bias == nil ? ", bias=False" : ""))"
    ) { attribute, tensors throws(CheckpointError) in
      tensors.add(
        "\(attribute).weight", shape: [outputs, inputs],
        (try call.values("\(name)_kernel") ?? []).transposed(rows: inputs, columns: outputs))
      if let bias { tensors.add("\(attribute).bias", shape: [outputs], bias) }
    }
  }
}
