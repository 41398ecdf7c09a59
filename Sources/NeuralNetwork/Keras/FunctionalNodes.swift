import JSON

/// The calls of a functional model's layers, as the config lists them: the n-th call of a layer
/// takes results of the m-th call of another.
struct FunctionalNodes {
  /// A reference to the result of a call: the name of the layer and the index of the call.
  private struct Reference: Hashable {
    let layer: String
    let call: Int
  }

  private struct Node {
    let layer: Layer
    let inputs: [Reference]
    let training: Bool?
    let isTrainingObeyed: Bool
  }

  private var nodes: [Reference: Node] = [:]
  private var models: [String: Layer] = [:]
  private var isKeras2 = false

  /// Adds the calls of a layer.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - name: The name of the layer in the config.
  ///   - inbound: The `inbound_nodes`: one object per call in Keras 3, one list per call in Keras
  ///     2.
  ///   - budget: Counts the inputs.
  /// - Throws: ``KerasError`` if a call has inputs other than outputs of layers.
  mutating func add(
    _ layer: Layer, named name: String, _ inbound: [JSON], _ budget: inout ModelBudget
  ) throws(KerasError) {
    if layer is Model { models[name] = layer }
    for (index, node) in inbound.enumerated() {
      let tensors: [JSON]
      let arguments: JSON
      if let list = node.array {
        isKeras2 = true
        tensors = list
        // The arguments of the call are stored with each tensor.
        let beside = list.compactMap { $0.array?.dropFirst(3).first?.object }
        arguments = .object(beside.reduce(into: [:]) { $0.merge($1) { $1 } })
      } else {
        tensors = try Self.tensors(in: node["args"] ?? .null, of: name)
        // Operations such as `keras.ops.average` have the name of a layer, but do not take a list.
        if type(of: layer).mergesInputs, tensors.count == 1,
          node["args"]?.array?.first?.array == nil
        {
          throw Self.unsupportedCall(of: name, with: .string("a single input"))
        }
        arguments = node["kwargs"] ?? .null
      }
      let given = (arguments.object ?? [:]).filter { $0.value != .null }
      let training = given["training"]?.truth
      guard given.allSatisfy({ $0.key == "training" && training != nil }) else {
        throw Self.unsupportedCall(of: name, with: .object(given))
      }
      try budget.add(inputs: max(1, tensors.count), of: name)
      var inputs: [Reference] = []
      for tensor in tensors {
        guard let tensor = tensor.array, tensor.count >= 3, let source = tensor[0].string,
          let call = tensor[1].integer, tensor[2].integer == 0
        else { throw .malformed("a call of the layer '\(name)' takes what is no layer's output") }
        inputs.append(Reference(layer: source, call: call))
      }
      guard inputs.count == 1 || (inputs.count > 1 && type(of: layer).mergesInputs) else {
        throw .malformed("the layer '\(name)' is called on \(inputs.count) inputs")
      }
      nodes[Reference(layer: name, call: index)] = Node(
        layer: layer, inputs: inputs, training: training, isTrainingObeyed: node.array != nil)
    }
  }

  /// Creates the graph of the calls.
  ///
  /// - Parameters:
  ///   - config: The config of the model, with `input_layers` and `output_layers`.
  ///   - inputs: The names of the input layers.
  /// - Returns: The calls that the output depends on.
  /// - Throws: ``KerasError`` if there are several inputs or outputs, or the calls do not form a
  ///   graph.
  func graph(config: JSON, inputs: Set<String>) throws(KerasError) -> Graph {
    let input = try endpoint("input_layers", of: config)
    guard inputs.count == 1 else {
      throw .unsupportedForm("it has \(inputs.count) inputs, one is supported")
    }
    guard inputs == [input.layer] else {
      throw .malformed("it has no input layer '\(input.layer)'")
    }
    let output = resolved(try endpoint("output_layers", of: config), isEndpoint: true)

    var calls: [Graph.Call] = []
    var indices: [Reference: Int] = [:]
    var entered: Set<Reference> = []
    var stack = [output]
    while let reference = stack.last {
      guard indices[reference] == nil, reference.layer != input.layer else {
        stack.removeLast()
        continue
      }
      guard let node = nodes[reference] else {
        throw .malformed("it has no call \(reference.call) of a layer '\(reference.layer)'")
      }
      let sources = node.inputs.map { resolved($0, isEndpoint: false) }
      let missing = sources.filter { indices[$0] == nil && $0.layer != input.layer }
      if missing.isEmpty {
        indices[reference] = calls.count
        let inputs = sources.map { indices[$0].map { Graph.Source.call($0) } ?? .input }
        calls.append(
          Graph.Call(
            layer: node.layer, inputs: inputs, training: node.training,
            isTrainingObeyed: node.isTrainingObeyed))
        stack.removeLast()
      } else {
        guard entered.insert(reference).inserted else {
          throw .malformed("the layer '\(reference.layer)' depends on its own output")
        }
        stack += missing.reversed()
      }
    }
    return Graph(calls: calls, output: indices[output].map { .call($0) } ?? .input)
  }

  /// Reads `["dense", 0, 0]`, `[["dense", 0, 0]]` or `{"name": ["dense", 0, 0]}`.
  private func endpoint(_ key: String, of config: JSON) throws(KerasError) -> Reference {
    let list = config[key]?.array ?? config[key]?.object.map { Array($0.values) } ?? []
    let tensor = list.count == 1 ? list[0].array ?? [] : list
    guard tensor.count == 3, let layer = tensor[0].string, let call = tensor[1].integer else {
      guard list.count > 1, list[0].string == nil else {
        throw .malformed("\(key) is \((config[key] ?? .null).text.prefix(80))")
      }
      throw .unsupportedForm("it has \(list.count) \(key), one is supported")
    }
    return Reference(layer: layer, call: call)
  }

  /// In Keras 2, an inner model starts with a call of its own, which is not listed; in Keras 3,
  /// only `output_layers` still counts it.
  private func resolved(_ reference: Reference, isEndpoint: Bool) -> Reference {
    guard let model = models[reference.layer] else { return reference }
    let countsFromOne = isKeras2 || (isEndpoint && model is Functional)
    return Reference(
      layer: reference.layer, call: max(0, reference.call - (countsFromOne ? 1 : 0)))
  }

  private static func unsupportedCall(of layer: String, with arguments: JSON) -> KerasError {
    .unsupportedForm(
      "the layer '\(layer)' is called with \(arguments.text.prefix(80)), which is not supported")
  }

  /// The `keras_history` of each tensor in the arguments of a call.
  ///
  /// - Throws: ``KerasError`` for other kinds of arguments, as in `x * 2`.
  private static func tensors(in json: JSON, of layer: String) throws(KerasError) -> [JSON] {
    if let list = json.array {
      var tensors: [JSON] = []
      for element in list { tensors += try Self.tensors(in: element, of: layer) }
      return tensors
    }
    if json["class_name"]?.string == "__keras_tensor__" {
      return [json["config"]?["keras_history"] ?? .null]
    }
    guard json == .null else { throw unsupportedCall(of: layer, with: json) }
    return []
  }
}
