public import JSON
import Tensors

/// The forms in which Keras files describe a model.
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
  private func kerasConfig(_ dialect: KerasDialect, returnsTensor: Bool) -> JSON {
    let isChain = !isFunctional
    let names = Dictionary(
      uniqueKeysWithValues: zip(layers.map(ObjectIdentifier.init), layerNames(dialect)))
    func name(_ layer: Layer) -> JSON { .string(names[ObjectIdentifier(layer)] ?? layer.name) }
    var input = object("InputLayer", inputConfig(dialect), dialect)
    if !isChain {
      input["name"] = .string(inputName)
      input["inbound_nodes"] = .array([])
    }
    var config: JSON.Object = ["name": .string(self.name)]
    config["layers"] = .array(
      [.object(input)]
        + layers.map { layer in
          var entry = description(of: layer, name(layer), dialect)
          if !isChain {
            entry["name"] = name(layer)
            entry["inbound_nodes"] = .array(inboundNodes(of: layer, dialect, name))
          }
          return .object(entry)
        })
    if !isChain {
      for (key, source) in [("input_layers", Graph.Source.input), ("output_layers", graph.output)] {
        let endpoint = reference(to: source, dialect, name, isEndpoint: true)
        // In Keras 3, a list of one output makes the model return a list. Keras 3.0 requires lists.
        config[key] = returnsTensor && dialect != .keras2 ? endpoint : .array([endpoint])
      }
    }
    var model = object(isChain ? "Sequential" : "Functional", config, dialect)
    if dialect == .archive {
      model["module"] = .string(isChain ? "keras" : "keras.src.models.functional")
      if !isChain { model["registered_name"] = .string("Functional") }
      model["build_config"] = .object(["input_shape": batchShape])
    }
    return .object(model)
  }

  private var batchShape: JSON { .extents([nil] + inputExtents) }

  /// The unique name of the input layer.
  package var inputName: String {
    let names = Set(layers.map(\.name))
    var name = "input_layer"
    while names.contains(name) { name += "_" }
    return name
  }

  private func inputConfig(_ dialect: KerasDialect) -> JSON.Object {
    // Keras 3 and Keras 2 both read the older name of the shape.
    let key = dialect == .archive ? "batch_shape" : "batch_input_shape"
    return [key: batchShape, "dtype": .string("float32"), "name": .string(inputName)]
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
    if dialect == .archive, KerasRegistry.layer(named: className) == nil {
      entry.merge(KerasClass.keys(of: className)) { $1 }
    }
    return entry
  }

  /// The inputs of each call of a layer.
  private func inboundNodes(
    of layer: Layer, _ dialect: KerasDialect, _ name: (Layer) -> JSON
  ) -> [JSON] {
    graph.calls.filter { $0.layer === layer }.map { call in
      let references = call.inputs.map { reference(to: $0, dialect, name, isEndpoint: false) }
      // tf_keras would apply the `training` argument that Keras 3 overrides.
      let isWritten = dialect != .keras2 || call.isTrainingObeyed
      let training = isWritten ? call.training : nil
      let options = JSON.object(training.map { ["training": .bool($0)] } ?? [:])
      guard dialect != .keras2 else {
        return .array(references.map { .array(($0.array ?? []) + [options]) })
      }
      let tensors = references.map { history in
        JSON.object([
          "class_name": .string("__keras_tensor__"),
          "config": .object([
            "shape": .array([.null]), "dtype": .string("float32"), "keras_history": history,
          ]),
        ])
      }
      let arguments = Swift.type(of: layer).mergesInputs ? [JSON.array(tensors)] : tensors
      return .object(["args": .array(arguments), "kwargs": options])
    }
  }

  /// A reference such as `["dense", 0, 0]` to the output of a call: the layer's name and the index
  /// of the call.
  private func reference(
    to source: Graph.Source, _ dialect: KerasDialect, _ name: (Layer) -> JSON, isEndpoint: Bool
  ) -> JSON {
    guard case .call(let index) = source else {
      return .array([.string(inputName), .integer(0), .integer(0)])
    }
    let layer = graph.calls[index].layer
    var call = graph.calls[..<index].count { $0.layer === layer }
    // An inner model starts with a call of its own: see FunctionalNodes.
    if let model = layer as? Model {
      let isFunctional = model.classNameInFiles == Functional.className
      if dialect == .keras2 || (isEndpoint && isFunctional) { call += 1 }
    }
    return .array([name(layer), .integer(call), .integer(0)])
  }
}
