import NeuralNetwork
import Tensors

/// Collects the nodes and constants of a graph, layer by layer.
package final class GraphBuilder {
  private var nodes: [NodeProto] = []
  private var valueInfo: [ValueInfoProto] = []
  private(set) var initializers: [TensorProto] = []

  /// The names of initializers by what they hold, so that each is written once.
  var initializerNames: [InitializerKey: String] = [:]

  /// The other form of values that are needed in both layouts.
  var transposed: [ValueForm: Value] = [:]

  private var names: Set<String> = []

  /// Whether nodes must not depend on the extents that a model leaves open, where they need not.
  let isOpen: Bool

  /// Creates an empty graph.
  ///
  /// - Parameter isOpen: Whether nodes must not depend on the extents that a model leaves open.
  init(isOpen: Bool = false) { self.isOpen = isOpen }

  /// The path of the layer whose nodes are added, such as `encoder/conv1`.
  private(set) var path = ""

  /// Adds the nodes of a layer under its name.
  func within<Result, Failure: Error>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = path
    path = outer.isEmpty ? name : "\(outer)/\(name)"
    defer { path = outer }
    return try body()
  }

  /// Adds nodes under the path of a layer whose own nodes have been added before.
  func within<Result>(path: String, _ body: () -> Result) -> Result {
    let current = self.path
    self.path = path
    defer { self.path = current }
    return body()
  }

  /// The number of values in the batch axis for each example of the model.
  private var valuesPerExample = 1

  /// Adds nodes whose batch axis has all steps of all examples.
  ///
  /// Runtimes take extents of the same name for equal, so that this batch has a name of its own.
  func withBatch<Result, Failure: Error>(
    ofSteps steps: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    valuesPerExample *= steps
    defer { valuesPerExample /= steps }
    return try body()
  }

  private var batchName: String {
    let name = ValueInfoProto.batch
    return valuesPerExample == 1 ? name : "\(name)_times_\(valuesPerExample)"
  }

  /// A name below the current path that is not taken yet.
  func uniqueName(_ name: String) -> String {
    let base = path.isEmpty ? name : "\(path)/\(name)"
    var (unique, number) = (base, 1)
    while !names.insert(unique).inserted {
      number += 1
      unique = "\(base)_\(number)"
    }
    return unique
  }

  /// Adds a constant under its name.
  func add(_ initializer: TensorProto) { initializers.append(initializer) }

  /// Adds a node whose outputs are not described, such as indices.
  ///
  /// - Parameters:
  ///   - operatorType: The operator, such as `TopK`.
  ///   - inputs: The names of the inputs.
  ///   - attributes: The attributes.
  ///   - outputCount: The number of outputs.
  /// - Returns: The names of the outputs.
  func addNode(
    _ operatorType: String, _ inputs: [String], _ attributes: [AttributeProto] = [],
    outputCount: Int = 1
  ) -> [String] {
    let name = uniqueName(operatorType)
    let outputs = [name] + (1..<outputCount).map { "\(name):\($0)" }
    nodes.append(
      NodeProto(
        inputs: inputs, outputs: outputs, name: name, operatorType: operatorType,
        attributes: attributes))
    return outputs
  }

  /// Adds a node with one output.
  ///
  /// - Parameters:
  ///   - operatorType: The operator, such as `Conv`.
  ///   - inputs: The names of the inputs.
  ///   - attributes: The attributes.
  ///   - shape: The shape of the output in Cairn, without the batch axis.
  ///   - layout: The order of its axes in the graph.
  /// - Returns: The output.
  func add(
    _ operatorType: String, _ inputs: [String], _ attributes: [AttributeProto] = [], shape: Shape,
    layout: Value.Layout = .channelsLast
  ) -> Value {
    let name = addNode(operatorType, inputs, attributes)[0]
    let value = Value(name: name, shape: shape, layout: layout)
    valueInfo.append(ValueInfoProto(name: name, extents: value.extents, batch: batchName))
    return value
  }

  /// Adds a node that computes each element of its output from that of a value.
  ///
  /// - Parameters:
  ///   - operatorType: The operator, such as `Relu`.
  ///   - x: The first input, whose shape and layout the output has.
  ///   - others: The names of further inputs.
  ///   - attributes: The attributes.
  /// - Returns: The output.
  func map(
    _ operatorType: String, _ x: Value, _ others: [String] = [],
    _ attributes: [AttributeProto] = []
  ) -> Value {
    add(operatorType, [x.name] + others, attributes, shape: x.shape, layout: x.layout)
  }

  /// Finishes the graph.
  ///
  /// - Parameters:
  ///   - name: The name of the model.
  ///   - inputs: The model's inputs.
  ///   - outputs: The model's outputs, and the names that they get.
  /// - Returns: The graph.
  func finish(
    _ name: String, inputs: [Value], outputs: [(value: Value, name: String)]
  ) -> GraphProto {
    var nodes = nodes
    // A value gets the name of the first output that it is; inputs keep theirs.
    var newNames: [String: String] = [:]
    for (value, outputName) in outputs {
      if newNames[value.name] == nil, !inputs.contains(where: { $0.name == value.name }) {
        newNames[value.name] = outputName
      } else {
        nodes.append(
          NodeProto(
            inputs: [value.name], outputs: [outputName], name: "\(outputName)/Identity",
            operatorType: "Identity", attributes: []))
      }
    }
    for index in nodes.indices {
      nodes[index].inputs = nodes[index].inputs.map { newNames[$0] ?? $0 }
      nodes[index].outputs = nodes[index].outputs.map { newNames[$0] ?? $0 }
    }
    return GraphProto(
      name: name, nodes: nodes, initializers: initializers,
      inputs: inputs.map { ValueInfoProto(name: $0.name, extents: $0.extents) },
      outputs: outputs.map { ValueInfoProto(name: $0.name, extents: $0.value.extents) },
      valueInfo: valueInfo.filter { newNames[$0.name] == nil })
  }
}
