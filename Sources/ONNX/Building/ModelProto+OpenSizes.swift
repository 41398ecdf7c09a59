package import NeuralNetwork

/// Graphs for any number of steps, or images of any size.
extension ModelProto {
  /// Whether the extents that a model leaves open are free in its graph.
  package static func keepsOpenSizes(of architecture: Architecture) -> Bool {
    openGraph(of: architecture) != nil
  }

  /// Creates the graph of a model whose inputs have free extents.
  ///
  /// The nodes of many layers are the same for inputs of any size. Whether those of all layers are
  /// is found by creating the graph for many sizes: every remainder of a division by a stride, and
  /// every number of halvings, occurs among them.
  ///
  /// - Parameter architecture: The model.
  /// - Returns: The graph; `nil` if no extent is open, or nodes depend on one.
  static func openGraph(of architecture: Architecture) -> GraphProto? {
    guard architecture.inputs.contains(where: { $0.extents.contains(nil) }),
      let graph = try? graph(of: architecture, more: 0, isOpen: true)
    else { return nil }
    var outputs = graph.outputs.map { $0.extents }
    for more in Array(1...40) + [64, 128, 256, 512] {
      guard let other = try? Self.graph(of: architecture, more: more, isOpen: true),
        other.nodes == graph.nodes,
        other.initializers.count == graph.initializers.count,
        zip(other.initializers, graph.initializers).allSatisfy({ $0.isSame(as: $1) })
      else { return nil }
      for (index, output) in other.outputs.enumerated() {
        outputs[index] = zip(outputs[index], output.extents).map { $0 == $1 ? $0 : nil }
      }
    }
    return GraphProto(
      name: graph.name, nodes: graph.nodes, initializers: graph.initializers,
      inputs: zip(graph.inputs, architecture.inputs).map { value, input in
        ValueInfoProto(name: value.name, extents: input.extents)
      },
      outputs: zip(graph.outputs, outputs).map { ValueInfoProto(name: $0.name, extents: $1) },
      // Runtimes find the shapes of values between the nodes themselves.
      valueInfo: [])
  }
}
