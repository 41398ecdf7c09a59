package import HDF5
import NeuralNetwork
import Tensors

extension Checkpoint {
  /// The checkpoint as the bytes of an HDF5 file.
  ///
  /// - Throws: ``CheckpointError`` if the model cannot be written, or memory runs out.
  package func makeImage() throws(CheckpointError) -> FileImage {
    let layers = model.layersInOrder
    if let nested = layers.first(where: { $0 is Model }) {
      throw .unsupportedModel(
        "the layer '\(nested.name)' is a model, and models in models are not supported")
    }
    do throws(HDF5Error) {
      let writer = try File.create()
      try writeHead(to: writer.root)
      try writeVariables(of: layers, to: writer.root)
      if let optimizer { try write(optimizer, to: writer.root) }
      try writeLegacyView(of: layers, to: writer.root)
      if let state {
        try state.write(to: try writer.root.createGroup(KerasLayout.trainingState))
      }
      return try writer.finish()
    } catch {
      throw .file(error)
    }
  }

  /// The attributes from which Keras rebuilds and compiles the model.
  private func writeHead(to root: borrowing GroupWriter) throws(HDF5Error) {
    try root.setAttribute("keras_version", .string(KerasLayout.kerasVersion))
    try root.setAttribute("backend", .string("tensorflow"))
    try root.setAttribute("checkpoint_format", .string("cairn"))
    try root.setAttribute("checkpoint_format_version", .int(Int64(KerasLayout.formatVersion)))
    // A model that is not a chain is known to its class only; its weights can still be loaded.
    if let architecture = Architecture(model) {
      try root.setAttribute(
        "model_config", .string(architecture.kerasConfig().text), characterSet: .ascii)
    }
    if let optimizer, let loss {
      let config: JSON = .object([
        "loss": .object([
          "class_name": .string(type(of: loss).className), "config": .object(loss.config),
        ]),
        "loss_weights": .null, "metrics": .array([.string("accuracy")]), "weighted_metrics": .null,
        "optimizer_config": .object([
          "class_name": .string(type(of: optimizer).className),
          "config": .object(optimizer.config),
        ]),
      ])
      try root.setAttribute("training_config", .string(config.text), characterSet: .ascii)
    }
  }

  /// The weights, in the layout that Keras calls `.weights.h5`.
  private func writeVariables(
    of layers: [Layer], to root: borrowing GroupWriter
  ) throws(HDF5Error) {
    try root.createGroup("vars").setAttribute("name", .string(model.name))
    for (layer, key) in zip(layers, layers.keys) {
      let group = try root.createGroup(KerasLayout.variables(of: key))
      try group.setAttribute("name", .string(layer.name))
      for (index, variable) in layer.variables.enumerated() {
        try group.write(variable.value, to: "\(index)")
      }
    }
  }

  /// The state of the optimizer: iteration, learning rate and slots, in Keras's order.
  private func write(_ optimizer: Optimizer, to root: borrowing GroupWriter) throws(HDF5Error) {
    optimizer.build(for: model.trainableVariables)
    let group = try root.createGroup(KerasLayout.optimizerVariables)
    try group.setAttribute("name", .string(optimizer.name))
    try group.write(Int64(optimizer.iterations), to: "0")
    try group.write(optimizer.learningRate, to: "1")
    for (index, slot) in optimizer.slotsInKerasOrder.enumerated() {
      try group.write(slot.value, to: "\(index + 2)")
    }
  }

  /// The same datasets once more, by hard links, where `load_model` looks for them.
  private func writeLegacyView(
    of layers: [Layer], to root: borrowing GroupWriter
  ) throws(HDF5Error) {
    let view = try root.createGroup("model_weights")
    let layerNames = layers.map(\.name)
    try view.setAttribute(
      "layer_names", .strings(layerNames), characterSet: layerNames.characterSet)
    try view.setAttribute("backend", .string("tensorflow"), characterSet: .ascii)
    try view.setAttribute(
      "keras_version", .string(KerasLayout.kerasVersion), characterSet: .ascii)
    try root.createGroup("model_weights/top_level_model_weights")
      .setAttribute("weight_names", .empty)
    for (layer, key) in zip(layers, layers.keys) {
      let names = layer.variables.map { "\(layer.name)/\($0.name)" }
      let group = try root.createGroup("model_weights/\(layer.name)")
      try group.setAttribute("weight_names", .strings(names), characterSet: names.characterSet)
      for (index, name) in names.enumerated() {
        try root.hardLink(
          from: "\(KerasLayout.variables(of: key))/\(index)",
          to: "model_weights/\(layer.name)/\(name)")
      }
    }
  }
}

extension [Layer] {
  /// The keys of the layers under `/layers`.
  var keys: [String] { KerasLayout.keys(classNames: map { type(of: $0).className }) }
}

extension [String] {
  /// ASCII as in Keras's own files, unless that would be a lie.
  fileprivate var characterSet: ElementType.CharacterSet {
    allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } ? .ascii : .utf8
  }
}
