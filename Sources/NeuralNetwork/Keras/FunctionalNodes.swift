import JSON

/// The calls of a functional model's layers, as the config lists them: the n-th call of a layer
/// takes results of the m-th call of another.
struct FunctionalNodes {
  /// A call: the name of the layer and the index of the call.
  fileprivate struct Key: Hashable {
    let layer: String
    let call: Int
  }

  /// A reference to an output of a call, `["dense", 0, 0]` in the config.
  struct Reference {
    let layer: String
    let call: Int
    let output: Int

    fileprivate var key: Key { Key(layer: layer, call: call) }
  }

  /// An input or an output of a model.
  struct End {
    let reference: Reference
    /// The key in a dictionary of inputs or outputs.
    let key: String?

    var layer: String { reference.layer }
  }

  private struct Node {
    let layer: Layer
    let inputs: [Reference]
    let mask: Reference?
    let training: Bool?
    let isTrainingObeyed: Bool
  }

  private var nodes: [Key: Node] = [:]
  private var models: [String: Layer] = [:]
  private var maskOperations: [String: MaskOperation] = [:]
  private var isKeras2 = false
  private var names: Set<String> = []

  // MARK: - Names

  /// Adds the name of an entry in the list of layers: a layer, an operation or an input.
  ///
  /// - Throws: ``KerasError`` if another entry has the name. Keras calls the first of them then.
  mutating func add(name: String) throws(KerasError) {
    guard names.insert(name).inserted else {
      throw .malformed("two layers have the name '\(name)'")
    }
  }

  // MARK: - Calls

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
    let names = layer.argumentNames
    for (index, node) in inbound.enumerated() {
      var tensors: [JSON]
      let arguments: JSON
      if let list = node.array {
        isKeras2 = true
        tensors = list.count == 1 ? try Self.tensors(inDictionary: list[0], of: layer) : list
        // The arguments of the call are stored with each tensor.
        let beside = tensors.compactMap { $0.array?.dropFirst(3).first?.object }
        arguments = .object(beside.reduce(into: [:]) { $0.merge($1) { $1 } })
      } else {
        tensors = try Self.tensors(in: node["args"] ?? .null, of: layer)
        // Operations such as `keras.ops.average` have the name of a layer, but do not take a list.
        if type(of: layer).mergesInputs, names.isEmpty, tensors.count == 1,
          node["args"]?.array?.first?.array == nil
        {
          throw Self.unsupportedCall(of: name, with: .string("a single input"))
        }
        arguments = node["kwargs"] ?? .null
      }
      var given = (arguments.object ?? [:]).filter { !$0.value.isAbsent }
      if !names.isEmpty {
        // Keras 3 visits arguments with a name in the order of their names, tf_keras in that of the
        // call.
        let free = names.dropFirst(tensors.count)
        let called = given.map(\.key).filter { free.contains($0) }
        let named = node.array == nil ? called.sorted() : called
        for key in named {
          guard let value = given.removeValue(forKey: key) else { continue }
          let isReference = node.array != nil && value["class_name"] == nil
          tensors += isReference ? [value] : try Self.tensors(in: value, of: layer)
        }
        let used = Array(names.prefix(tensors.count - named.count)) + named
        let order = used + names.filter { !used.contains($0) }
        if index == 0 { layer.take(argumentNames: order) }
        // Nothing but the first is refused by the layer.
        guard used.starts(with: names.prefix(2)) || [1, names.count].contains(used.count),
          layer.argumentNames == order
        else { throw Self.unsupportedCall(of: name, with: arguments) }
      }
      // Keras 2 lists the states as further inputs.
      if layer.stateCount > 0, node.array == nil, let states = given["initial_state"] {
        tensors += try Self.tensors(in: states, of: layer)
        given["initial_state"] = nil
      }
      let training = given["training"]?.truth
      let mask = given["mask"].flatMap { Reference($0["config"]?["keras_history"] ?? .null) }
      if mask != nil, layer.stateCount > 0, tensors.count > 1 {
        throw Self.unsupportedCall(of: name, with: .string("a mask and states"))
      }
      let others = given.filter {
        !($0.key == "training" && training != nil) && !($0.key == "mask" && mask != nil)
      }
      let before = layer.callArguments
      guard layer.take(callArguments: others), index == 0 || layer.callArguments == before else {
        throw Self.unsupportedCall(of: name, with: .object(given))
      }
      try budget.add(inputs: max(1, tensors.count), of: name)
      var inputs: [Reference] = []
      for tensor in tensors {
        guard let input = Reference(tensor) else {
          throw .malformed("a call of the layer '\(name)' takes what is no layer's output")
        }
        inputs.append(input)
      }
      guard
        inputs.count == 1 || (inputs.count > 1 && layer.takesInputList)
          || (layer.stateCount > 0 && inputs.count == 1 + layer.stateCount)
      else {
        throw .malformed("the layer '\(name)' is called on \(inputs.count) inputs")
      }
      nodes[Key(layer: name, call: index)] = Node(
        layer: layer, inputs: inputs, mask: mask, training: training,
        isTrainingObeyed: node.array != nil)
    }
  }

  /// Adds an operation that computes a mask.
  mutating func add(_ operation: MaskOperation, named name: String) {
    maskOperations[name] = operation
  }

  /// Whether an operation computes the mask that a call of a layer makes.
  private func isMask(_ mask: Reference, of maker: Node) -> Bool {
    let (input, value): (Reference, Double)
    switch (maskOperations[mask.layer], maker.layer) {
    case (.notEqual(let x, let number), is Embedding): (input, value) = (x, number)
    case (.any(let x), let masking as Masking):
      guard case .notEqual(let y, let number) = maskOperations[x.layer] else { return false }
      (input, value) = (y, number - Double(masking.maskValue))
    default: return false
    }
    return value == 0 && input.key == maker.inputs[0].key && input.output == maker.inputs[0].output
  }

  private static func unsupportedCall(of layer: String, with arguments: JSON) -> KerasError {
    .unsupportedForm(
      "the layer '\(layer)' is called with \(arguments.excerpt), which is not supported")
  }

  /// The `keras_history` of each tensor in the arguments of a call.
  ///
  /// - Throws: ``KerasError`` for other kinds of arguments, as in `x * 2`.
  private static func tensors(in json: JSON, of layer: Layer) throws(KerasError) -> [JSON] {
    if let list = json.array {
      var tensors: [JSON] = []
      for element in list { tensors += try Self.tensors(in: element, of: layer) }
      return tensors
    }
    if json["class_name"]?.string == "__keras_tensor__" {
      return [json["config"]?["keras_history"] ?? .null]
    }
    guard json != .null else { return [] }
    var tensors: [JSON] = []
    for element in try Self.tensors(inDictionary: json, of: layer) {
      guard element["class_name"]?.string == "__keras_tensor__" else {
        throw unsupportedCall(of: layer.name, with: json)
      }
      tensors.append(element["config"]?["keras_history"] ?? .null)
    }
    return tensors
  }

  /// The values of a dictionary with which a model is called, in the order of the model's inputs.
  ///
  /// - Returns: The values of a dictionary; otherwise the value alone.
  private static func tensors(
    inDictionary json: JSON, of layer: Layer
  ) throws(KerasError) -> [JSON] {
    guard let values = json.object else { return [json] }
    let names = (layer as? Model)?.inputNames ?? []
    guard names.count == values.count, names.allSatisfy({ values[$0] != nil }) else {
      throw unsupportedCall(of: layer.name, with: json)
    }
    return names.compactMap { values[$0] }
  }

  // MARK: - The graph

  /// Creates the graph of the calls.
  ///
  /// - Parameters:
  ///   - config: The config of the model, with `input_layers` and `output_layers`.
  ///   - inputLayers: The names of the input layers.
  /// - Returns: The calls that the outputs depend on.
  /// - Throws: ``KerasError`` if the calls do not form a graph from the inputs to the outputs.
  func graph(config: JSON, inputs inputLayers: Set<String>) throws(KerasError) -> Graph {
    let inputs = try Self.ends(in: config["input_layers"], named: "input_layers")
    var inputIndices: [String: Int] = [:]
    for (index, input) in inputs.enumerated() {
      guard inputLayers.contains(input.layer) else {
        throw .malformed("it has no input layer '\(input.layer)'")
      }
      guard inputIndices.updateValue(index, forKey: input.layer) == nil else {
        throw .malformed("its input '\(input.layer)' is listed twice")
      }
    }
    if let unlisted = inputLayers.subtracting(inputIndices.keys).min() {
      throw .malformed("its input layer '\(unlisted)' is no input")
    }
    let outputs = try Self.ends(in: config["output_layers"], named: "output_layers")
    guard outputs.count <= ModelBudget.Limit.outputs else {
      throw .excessive(
        "it has \(outputs.count) outputs, at most \(ModelBudget.Limit.outputs) are supported")
    }

    var calls: [Graph.Call] = []
    var indices: [Key: Int] = [:]
    var entered: Set<Key> = []
    // The call that made the mask of each call's result.
    var maskMakers: [Key: Key] = [:]
    func isKnown(_ key: Key) -> Bool { indices[key] != nil || inputIndices[key.layer] != nil }
    func source(_ reference: Reference) throws(KerasError) -> Graph.Source {
      guard let call = indices[reference.key] else {
        return .input(inputIndices[reference.layer] ?? 0)
      }
      guard (0..<calls[call].layer.outputCount).contains(reference.output) else {
        throw .malformed(
          "the layer '\(reference.layer)' has no output \(reference.output), because it has "
            + "\(calls[call].layer.outputCount)")
      }
      return .call(call, output: reference.output)
    }
    func sources(_ references: [Reference]) throws(KerasError) -> [Graph.Source] {
      var sources: [Graph.Source] = []
      for reference in references { sources.append(try source(reference)) }
      return sources
    }
    let ends = outputs.map { resolved($0.reference, isEndpoint: true) }
    var stack = Array(ends.map(\.key).reversed())
    while let key = stack.last {
      guard !isKnown(key) else {
        stack.removeLast()
        continue
      }
      guard let node = nodes[key] else { throw missing(key) }
      let references = node.inputs.map { resolved($0, isEndpoint: false) }
      let missing = references.map(\.key).filter { !isKnown($0) }
      if missing.isEmpty {
        let inputs = try sources(references)
        let hasOneInput = references.count == 1 || node.layer.stateCount > 0
        let isMasked =
          references[0].output < nodes[references[0].key]?.layer.sequenceOutputCount ?? 1
        let maker = hasOneInput && isMasked ? maskMakers[references[0].key] : nil
        if let mask = node.mask {
          guard let made = maker.flatMap({ nodes[$0] }), isMask(mask, of: made) else {
            throw .unsupportedForm(
              "the layer '\(key.layer)' is called with the mask '\(mask.layer)', which is not the "
                + "mask of its input")
          }
        }
        maskMakers[key] =
          node.layer.makesMask ? key : node.layer.passesMask ? maker : nil
        indices[key] = calls.count
        calls.append(
          Graph.Call(
            layer: node.layer, inputs: inputs, training: node.training,
            isTrainingObeyed: node.isTrainingObeyed))
        stack.removeLast()
      } else {
        guard entered.insert(key).inserted else {
          throw .malformed("the layer '\(key.layer)' depends on its own output")
        }
        stack += missing.reversed()
      }
    }
    let outputKeys = outputs.compactMap(\.key)
    return Graph(
      calls: calls, inputNames: inputs.map { $0.key ?? $0.layer }, outputs: try sources(ends),
      outputNames: outputKeys.isEmpty ? nil : outputKeys,
      dictionaries: Graph.Dictionaries(
        inputs: inputs.contains { $0.key != nil }, outputs: !outputKeys.isEmpty))
  }

  /// The error of a reference to a call that is not there.
  private func missing(_ key: Key) -> KerasError {
    if maskOperations[key.layer] != nil {
      .unsupportedForm("the operation '\(key.layer)' is more than a mask, which is not supported")
    } else if names.contains(key.layer) {
      .malformed("the layer '\(key.layer)' has no call \(key.call)")
    } else {
      .malformed("it has no layer '\(key.layer)'")
    }
  }

  /// Reads the inputs or outputs of a model: `["dense", 0, 0]`, `[["dense", 0, 0], …]` or
  /// `{"name": ["dense", 0, 0], …}`.
  ///
  /// - Parameters:
  ///   - json: The value.
  ///   - key: Its key in the config.
  /// - Returns: The inputs or outputs; those of a dictionary by key, as Keras orders them.
  /// - Throws: ``KerasError`` for anything else, such as lists of lists.
  static func ends(in json: JSON?, named key: String) throws(KerasError) -> [End] {
    var ends: [End] = []
    if let reference = json.flatMap({ Reference($0) }) {
      ends = [End(reference: reference, key: nil)]
    } else if let list = json?.array {
      ends = list.compactMap { json in Reference(json).map { End(reference: $0, key: nil) } }
      guard ends.count == list.count else { throw unsupportedEnds(json, key) }
    } else if let values = json?.object {
      // Python sorts strings by their scalars.
      let keys = values.keys.sorted {
        $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
      }
      ends = keys.compactMap { key in
        values[key].flatMap { Reference($0) }.map { End(reference: $0, key: key) }
      }
      guard ends.count == keys.count, Set(keys).count == keys.count else {
        throw unsupportedEnds(json, key)
      }
    }
    guard !ends.isEmpty else { throw unsupportedEnds(json, key) }
    return ends
  }

  private static func unsupportedEnds(_ json: JSON?, _ key: String) -> KerasError {
    let text = (json ?? .null).excerpt
    let isNested = (json?.array ?? json?.object.map { Array($0.values) })?.contains { element in
      let first = element.array?.first ?? element.object?.values.first
      return first?.array != nil || first?.object != nil
    }
    return isNested == true
      ? .unsupportedForm("'\(key)' is \(text), which is not supported")
      : .malformed(
        "'\(key)' must name outputs of layers, such as [[\"dense\",0,0]], but is \(text)")
  }

  /// In Keras 2, an inner model starts with a call of its own, which is not listed; in Keras 3,
  /// only `output_layers` still counts it.
  private func resolved(_ reference: Reference, isEndpoint: Bool) -> Reference {
    guard let model = models[reference.layer] else { return reference }
    let countsFromOne = isKeras2 || (isEndpoint && model is Functional)
    guard countsFromOne, reference.call > 0 else { return reference }
    return Reference(
      layer: reference.layer, call: reference.call - 1, output: reference.output)
  }
}

extension FunctionalNodes.Reference {
  /// Reads `["dense", 0, 0]`; Keras 2 adds the arguments of the call.
  init?(_ json: JSON) {
    guard let parts = json.array, parts.count >= 3, let layer = parts[0].string,
      let call = parts[1].integer, let output = parts[2].integer
    else { return nil }
    self.init(layer: layer, call: call, output: output)
  }
}

extension JSON {
  /// Whether the value is null, or holds nothing else.
  fileprivate var isAbsent: Bool {
    switch self {
    case .null: true
    case .array(let elements): elements.allSatisfy(\.isAbsent)
    default: false
    }
  }
}
