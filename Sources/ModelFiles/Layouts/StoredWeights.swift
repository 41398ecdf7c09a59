import HDF5

/// The layers of a file, found from its groups in any layout of Keras.
package struct StoredWeights: Sendable {
  /// The location of the layers.
  package enum Form: Equatable, Sendable {
    /// In a tree of Keras 3.
    case keras3
    /// In `model_weights`, as in whole models.
    case wholeModel
    /// At the root, as in the weights of Keras 2.
    case legacyWeights
  }

  /// The location of the layers.
  package let form: Form

  /// The layers; in a tree of Keras 3, nested layers follow the outer one.
  package let layers: [StoredLayer]

  /// The name of the model, if a group contains it.
  package let modelName: String?

  /// Variables of the model itself, which Cairn's models do not have.
  let ownVariables: [StoredVariable]
}

extension StoredWeights {
  /// Finds the layers; `nil` if there are none.
  package init?(of container: Container) throws(CheckpointError) {
    // Cairn's files contain both trees with the same datasets; use the one for loading weights in
    // Keras 3.
    let tree = try WeightsTree(of: container).layers
    if !tree.isEmpty {
      let own = try container.layer(at: "/")
      self.init(
        form: .keras3, layers: tree, modelName: own?.name, ownVariables: own?.variables ?? [])
      return
    }
    let found = try converting { () throws(HDF5Error) -> (Form, [StoredLayer])? in
      if try container.file.contains("model_weights") {
        return (.wholeModel, try LegacyTree.layers(in: container.file, root: "model_weights"))
      }
      let layers = try LegacyTree.layers(in: container.file, root: "/")
      return layers.isEmpty ? nil : (.legacyWeights, layers)
    }
    guard let (form, layers) = found else { return nil }
    self.init(form: form, layers: layers, modelName: nil, ownVariables: [])
  }
}

/// The state of an optimizer in a file.
package struct StoredOptimizer: Sendable {
  /// The path of the group.
  package let path: String

  /// The name of the optimizer, if the group contains it.
  package let name: String?

  /// The variables; those of a tree of Keras 3 are named by their numbers.
  package let variables: [StoredVariable]

  /// Whether the variables have names, as in whole models.
  package let isNamed: Bool

  /// The version of Keras in the file, if the variables have names; their order depends on it.
  let kerasVersion: String?
}

extension StoredOptimizer {
  /// Finds the optimizer; `nil` if there is none.
  ///
  /// The state of a loss-scaling optimizer is stored twice: all of it in one list, and that of the
  /// inner optimizer in its own group, which is read here.
  package init?(of container: Container) throws(CheckpointError) {
    let inner = ["/optimizer/inner_optimizer", "/optimizer\\inner_optimizer"]
    for path in inner + ["/optimizer"] {
      if let layer = try container.layer(at: path), !layer.variables.isEmpty {
        self.init(
          path: "\(path)/vars", name: layer.name, variables: layer.variables, isNamed: false,
          kerasVersion: nil)
        return
      }
    }
    guard container.form != .shards else { return nil }
    let variables = try converting { () throws(HDF5Error) in
      try LegacyTree.optimizerVariables(in: container.file)
    }
    guard var variables, !variables.isEmpty else { return nil }
    let version = try converting { () throws(HDF5Error) in
      try container.file.root.attribute("keras_version")
    }
    if let scale = variables.prefix(4).firstIndex(where: { $0.name.hasSuffix("/dynamic_scale") }) {
      variables.removeSubrange(...scale)
    }
    self.init(
      path: "/optimizer_weights", name: nil, variables: variables, isNamed: true,
      kerasVersion: version.flatMap { if case .string(let text) = $0 { text } else { nil } })
  }
}
