package import NeuralNetwork
import Tensors

/// A layer that is written as the products of its scores and values.
private protocol ScoredAttention: BaseAttention {
  /// Adds the scores `[batch, queries, steps]` of queries and keys.
  func addScores(to graph: GraphBuilder, _ query: Value, _ key: Value) -> String
}

extension BaseAttention: ONNXLayer {
  /// Adds the scores, a `Softmax` and the product with the values.
  package final func addNodes(
    to graph: GraphBuilder, _ inputs: [Value]
  ) throws(ONNXError) -> Value {
    guard let layer = self as? any ScoredAttention else {
      throw .unsupported(layer: name, reason: "has no form in ONNX")
    }
    let shape = try resultShape(of: inputs)
    let (query, value) = (graph.channelsLast(inputs[0]), graph.channelsLast(inputs[1]))
    let key = inputs.count > 2 ? graph.channelsLast(inputs[2]) : value
    var scores = layer.addScores(to: graph, query, key)
    var masks = inputs[1].mask.map { [graph.attentionSteps($0)] } ?? []
    if isCausal {
      masks.append(
        graph.attentionPairs("causal", queries: shape[0], steps: value.shape[0]) { $0 >= $1 })
    }
    if let mask = graph.allowedByAll(masks) { scores = graph.reduced(scores, unless: mask) }
    let output = graph.add(
      "MatMul", [graph.attentionWeights(scores), value.name], shape: shape)
    guard let mask = inputs[0].mask else { return output }
    return graph.add(
      "Where", [graph.attentionQueries(mask), output.name, graph.scalar("zero", 0)], shape: shape)
  }
}

extension Attention: ScoredAttention {
  fileprivate func addScores(to graph: GraphBuilder, _ query: Value, _ key: Value) -> String {
    func scaled(_ name: String) -> String {
      guard useScale else { return name }
      return graph.addNode("Mul", [name, graph.weight("scale", of: self, [0], extents: [])])[0]
    }
    switch scoreMode {
    case .dot:
      let keys = graph.transposed(key.name, [0, 2, 1])
      return scaled(graph.addNode("MatMul", [query.name, keys])[0])
    case .concatenate:
      let values = graph.addNode("Tanh", [scaled(graph.sums(query, key))])[0]
      let factor = graph.weight(
        "concat_score_weight", of: self, [useScale ? 1 : 0], extents: [])
      return graph.addNode("Mul", [graph.featureSum(values), factor])[0]
    }
  }
}

extension AdditiveAttention: ScoredAttention {
  fileprivate func addScores(to graph: GraphBuilder, _ query: Value, _ key: Value) -> String {
    let values = graph.addNode("Tanh", [graph.sums(query, key)])[0]
    guard useScale else { return graph.featureSum(values) }
    let scale = graph.weight("scale", of: self, [0], extents: [query.shape[1]])
    return graph.featureSum(graph.addNode("Mul", [values, scale])[0])
  }
}

extension GraphBuilder {
  /// The sums of each query and each key, `[batch, queries, steps, features]`.
  fileprivate func sums(_ query: Value, _ key: Value) -> String {
    addNode("Add", [unsqueezed(query.name, [2]), unsqueezed(key.name, [1])])[0]
  }

  /// The sum over the features of `[batch, queries, steps, features]`.
  fileprivate func featureSum(_ name: String) -> String {
    addNode(
      "ReduceSum", [name, integers("features", [3])], [AttributeProto("keepdims", .integer(0))])[0]
  }
}
