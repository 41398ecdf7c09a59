public import JSON
import Tensors

/// The forms in which Keras files describe a model.
///
/// ```swift
/// let architecture = Architecture(model)
/// let forKeras3 = architecture?.kerasConfig(.archive)["module"]?.string  // "keras"
/// let forKeras2 = architecture?.kerasConfig(.keras2)["module"]?.string  // nil
/// ```
public enum KerasDialect: Sendable {
  /// The attribute `model_config` of an HDF5 file of Keras 3.
  case wholeModel

  /// `config.json` of a `.keras` archive of Keras 3.
  case archive

  /// The attribute `model_config` of an HDF5 file of Keras 2 (`tf_keras`).
  case keras2
}

extension Architecture {
  /// Returns the config in Keras's form, with the keys that every version accepts.
  ///
  /// Features that the Keras generation lacks must already be replaced: see `translated(for:)`.
  ///
  /// - Parameter dialect: The form of the config.
  /// - Returns: `{"class_name": "Sequential", "config": …}`, or the same for `Functional`.
  public func kerasConfig(_ dialect: KerasDialect = .wholeModel) -> JSON {
    kerasConfig(dialect, returnsTensor: false)
  }

  // `returnsTensor`: whether a layer of a sequential model takes the output.
  func kerasConfig(_ dialect: KerasDialect, returnsTensor: Bool) -> JSON {
    let isChain = !isFunctional
    let names = Names(of: self, dialect)
    let inputEntries = zip(inputs, names.inputs).map { input, name in
      var entry = object("InputLayer", self.config(of: input, name, dialect), dialect)
      if !isChain {
        entry["name"] = .string(name)
        entry["inbound_nodes"] = .array([])
      }
      return JSON.object(entry)
    }
    var config: JSON.Object = ["name": .string(self.name)]
    config["layers"] = .array(
      inputEntries
        + layers.map { layer in
          var entry = description(of: layer, names[layer], dialect)
          if !isChain {
            entry["name"] = names[layer]
            entry["inbound_nodes"] = .array(inboundNodes(of: layer, dialect, names))
          }
          return .object(entry)
        })
    if !isChain {
      func ends(_ sources: [Graph.Source], _ keys: [String], isDictionary: Bool) -> JSON {
        let ends = sources.map { reference(to: $0, dialect, names, isEndpoint: true) }
        if isDictionary { return .object(JSON.Object(zip(keys, ends).map { ($0, $1) })) }
        // In Keras 3, a list of one output makes the model return a list. Keras 3.0 requires lists.
        return ends.count == 1 && returnsTensor && dialect != .keras2 ? ends[0] : .array(ends)
      }
      config["input_layers"] = ends(
        inputs.indices.map(Graph.Source.input), names.inputs,
        isDictionary: graph.dictionaries.inputs)
      config["output_layers"] = ends(
        graph.outputs, graph.outputNames, isDictionary: graph.dictionaries.outputs)
    }
    var model = object(isChain ? "Sequential" : "Functional", config, dialect)
    if dialect == .archive {
      model["module"] = .string(isChain ? "keras" : "keras.src.models.functional")
      if !isChain { model["registered_name"] = .string("Functional") }
      model["build_config"] = .object(["input_shape": buildShape(names)])
    }
    return .object(model)
  }

  /// The unique names of a model's inputs and layers in a file.
  private struct Names {
    let inputs: [String]
    private let layers: [ObjectIdentifier: String]

    init(of architecture: Architecture, _ dialect: KerasDialect) {
      inputs = architecture.inputNames(dialect)
      layers = Dictionary(
        uniqueKeysWithValues: zip(
          architecture.layers.map(ObjectIdentifier.init), architecture.layerNames(dialect)))
    }

    subscript(layer: Layer) -> JSON { .string(layers[ObjectIdentifier(layer)] ?? layer.name) }
  }

  /// The shapes in `build_config`, in the structure of the inputs.
  private func buildShape(_ names: Names) -> JSON {
    let shapes = inputs.map(\.batchShape.json)
    if graph.dictionaries.inputs {
      return .object(JSON.Object(zip(names.inputs, shapes).map { ($0, $1) }))
    }
    return shapes.count == 1 ? shapes[0] : .array(shapes)
  }

  private func config(
    of input: ModelInput, _ name: String, _ dialect: KerasDialect
  ) -> JSON.Object {
    // Keras 3 and Keras 2 both read the older name of the shape.
    let key = dialect == .archive ? "batch_shape" : "batch_input_shape"
    return [key: input.batchShape.json, "dtype": .string("float32"), "name": .string(name)]
  }

  private func object(
    _ className: String, _ config: JSON.Object, _ dialect: KerasDialect
  ) -> JSON.Object {
    var object: JSON.Object = ["class_name": .string(className), "config": .object(config)]
    if dialect == .archive {
      object["module"] = .string("keras.layers")
      object["registered_name"] = .null
    }
    return object
  }

  private func description(
    of layer: Layer, _ name: JSON, _ dialect: KerasDialect
  ) -> JSON.Object {
    if let model = layer as? Model, let architecture = Architecture(model) {
      let next = isFunctional ? nil : layers.drop { $0 !== layer }.dropFirst().first
      let isTaken = next.map { !($0 is Model) } ?? false
      var entry = architecture.kerasConfig(dialect, returnsTensor: isTaken).object ?? [:]
      if var config = entry["config"]?.object {
        config["name"] = name
        if !layer.isTrainable { config["trainable"] = .bool(false) }
        entry["config"] = .object(config)
      }
      return entry
    }
    var config = layer.config(for: dialect)
    for (key, kept) in layer.keptOptions { config[key] = kept.json(dialect) }
    config["name"] = name
    // Keras's SpatialDropout2D rejects the option, which has no effect on it.
    if !layer.isTrainable, !(layer is SpatialDropout2D) { config["trainable"] = .bool(false) }
    let className = Swift.type(of: layer).className
    var entry = object(className, config, dialect)
    if dialect == .archive {
      if let type = KerasRegistry.layer(named: className) {
        entry["module"] = .string(type.module)
      } else {
        entry.merge(KerasClass.keys(of: className)) { $1 }
      }
    }
    return entry
  }

  /// The inputs of each call of a layer.
  private func inboundNodes(
    of layer: Layer, _ dialect: KerasDialect, _ names: Names
  ) -> [JSON] {
    graph.calls.filter { $0.layer === layer }.map { call in
      let references = call.inputs.map { reference(to: $0, dialect, names, isEndpoint: false) }
      // tf_keras would apply the `training` argument that Keras 3 overrides.
      let isWritten = dialect != .keras2 || call.isTrainingObeyed
      let training = isWritten ? call.training : nil
      var arguments = layer.callArguments
      if let training { arguments["training"] = .bool(training) }
      let own = layer.argumentNames
      guard dialect != .keras2 else {
        // The first input is the node, the others are arguments of its call.
        let first = layer.positionalArguments.first
        let place = own.firstIndex { $0 == first } ?? 0
        for (name, reference) in zip(own, references) where name != first {
          arguments[name] = reference
        }
        let nodes = own.isEmpty ? references : [references[place]]
        return .array(nodes.map { .array(($0.array ?? []) + [.object(arguments)]) })
      }
      var tensors = references.map { history in
        JSON.object([
          "class_name": .string("__keras_tensor__"),
          "config": .object([
            "shape": .array([.null]), "dtype": .string("float32"), "keras_history": history,
          ]),
        ])
      }
      if layer.stateCount > 0, tensors.count > 1 {
        arguments["initial_state"] = .array(Array(tensors.dropFirst()))
        return .object(["args": .array([tensors[0]]), "kwargs": .object(arguments)])
      }
      // Those in another order than that of the arguments have names.
      let places = zip(own, layer.positionalArguments).prefix(while: { $0 == $1 }).count
      for (name, tensor) in zip(own, tensors).dropFirst(places) { arguments[name] = tensor }
      if !own.isEmpty { tensors = Array(tensors.prefix(places)) }
      let isList = layer.takesInputList && own.isEmpty
      return .object([
        "args": .array(isList ? [.array(tensors)] : tensors), "kwargs": .object(arguments),
      ])
    }
  }

  /// A reference such as `["dense", 0, 0]` to the output of a call: the layer's name and the index
  /// of the call.
  private func reference(
    to source: Graph.Source, _ dialect: KerasDialect, _ names: Names, isEndpoint: Bool
  ) -> JSON {
    let (index, output): (Int, Int)
    switch source {
    case .input(let index): return .array([.string(names.inputs[index]), .integer(0), .integer(0)])
    case .call(let call, let number): (index, output) = (call, number)
    }
    let layer = graph.calls[index].layer
    var call = graph.calls[..<index].count { $0.layer === layer }
    // An inner model starts with a call of its own: see FunctionalNodes.
    if let model = layer as? Model {
      let isFunctional = model.classNameInFiles == Functional.className
      if dialect == .keras2 || (isEndpoint && isFunctional) { call += 1 }
    }
    return .array([names[layer], .integer(call), .integer(output)])
  }
}
