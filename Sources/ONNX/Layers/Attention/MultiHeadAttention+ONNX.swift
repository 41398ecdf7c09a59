package import NeuralNetwork
import Tensors

extension MultiHeadAttention: ONNXLayer {
  /// Adds the projections, the scores, a `Softmax`, and the products with the values and with the
  /// kernel of the output.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) throws(ONNXError) -> Value {
    let shape = try resultShape(of: inputs)
    let inputs = arranged(inputs)
    let (query, value, key) = (inputs[0], inputs[1], inputs[inputs.count - 1])

    // The weights of the projections follow each other; the gate has its own behind the key.
    let (first, last) = (useGate ? 3 : 2, useGate ? 4 : 3)
    let scale = graph.scalar("scale", 1 / Float(keySize).squareRoot())
    let queries = graph.addNode(
      "Mul", [projected(graph, query, "query", 0, keySize, order: [0, 2, 1, 3]), scale])[0]
    let keys = projected(graph, key, "key", 1, keySize, order: [0, 2, 3, 1])
    let scores = graph.addNode("MatMul", [queries, keys])[0]
    let attention = attentionWeights(
      graph, scores, allowed(graph, inputs, queries: query.shape[0], steps: value.shape[0]))
    let values = projected(graph, value, "value", first, valueSize, order: [0, 2, 1, 3])
    var results = graph.addNode("MatMul", [attention, values])[0]
    if useGate {
      let gate = projected(graph, query, "gate", 2, valueSize, order: [0, 2, 1, 3])
      results = graph.addNode("Mul", [results, graph.addNode("Sigmoid", [gate])[0]])[0]
    }
    // 0 stands for the extent at the same place.
    let size = heads * valueSize
    let rows = graph.reshaped(graph.transposed(results, [0, 2, 1, 3]), [0, 0, size])
    let width = shape.dropFirst().reduce(1, *)
    let step = Shape([shape[0], width])
    let (kernel, bias) = weights(graph, "attention_output", last, [size, width])
    var output = graph.add("MatMul", [rows, kernel], shape: step)
    if let bias { output = graph.map("Add", output, [bias]) }
    guard shape != step else { return output }
    return graph.add(
      "Reshape", [output.name, graph.integers("shape", [0, 0] + shape.dropFirst())], shape: shape)
  }

  /// The pairs of queries and steps that all masks allow, `[batch, heads, queries, steps]`.
  private func allowed(
    _ graph: GraphBuilder, _ inputs: [Value], queries: Int, steps: Int
  ) -> String? {
    var masks = inputs.dropFirst().compactMap(\.mask).map(graph.attentionSteps)
    if let mask = inputs[0].mask { masks.append(graph.attentionQueries(mask)) }
    if isCausal {
      masks.append(graph.attentionPairs("causal", queries: queries, steps: steps) { $0 >= $1 })
    }
    if let window {
      masks.append(
        graph.attentionPairs("window", queries: queries, steps: steps) { abs($0 - $1) < window })
    }
    return graph.allowedByAll(masks).map { graph.unsqueezed($0, [1]) }
  }

  /// The softmax of the scores, with the rule of the file's Keras for queries that may attend to no
  /// step.
  private func attentionWeights(
    _ graph: GraphBuilder, _ scores: String, _ mask: String?
  ) -> String {
    guard let mask else { return graph.attentionWeights(scores) }
    guard emptyRows != .averagedByScores else {
      return graph.attentionWeights(graph.reduced(scores, unless: mask))
    }
    let weights = graph.attentionWeights(
      graph.addNode("Where", [mask, scores, graph.scalar("left_out", -1e9)])[0])
    guard emptyRows == .zero else { return weights }
    return graph.addNode("Where", [mask, weights, graph.scalar("zero", 0)])[0]
  }

  /// Adds a projection to `[batch, steps, heads, size]`, and brings its axes into an order.
  private func projected(
    _ graph: GraphBuilder, _ x: Value, _ name: String, _ projection: Int, _ size: Int, order: [Int]
  ) -> String {
    let width = heads * size
    let (kernel, bias) = weights(graph, name, projection, [x.shape[1], width])
    let product = graph.addNode("MatMul", [graph.channelsLast(x).name, kernel])[0]
    let sum = bias.map { graph.addNode("Add", [product, $0])[0] } ?? product
    return graph.transposed(graph.reshaped(sum, [0, 0, heads, size]), order)
  }

  /// The kernel of a projection as a matrix, and its bias as a vector.
  private func weights(
    _ graph: GraphBuilder, _ name: String, _ projection: Int, _ extents: [Int]
  ) -> (kernel: String, bias: String?) {
    let index = projection * (useBias ? 2 : 1)
    let bias =
      useBias
      ? graph.weight("\(name)_bias", of: self, [index + 1], extents: [extents[1]]) : nil
    return (graph.weight("\(name)_kernel", of: self, [index], extents: extents), bias)
  }
}
