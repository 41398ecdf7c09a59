import HDF5
public import JSON
import NeuralNetwork

/// The layers of a file, found from its groups in any layout of Keras.
///
/// ``CheckpointFile/storedWeights()`` finds them.
///
/// ```swift
/// let file = try CheckpointFile(opening: path)
/// for layer in try file.storedWeights()?.layers ?? [] {
///   for variable in layer.variables { print(variable.path, variable.shape) }
/// }  // /layers/conv2d/vars/0 [3, 3, 1, 32], …
/// let slots = try file.storedOptimizer()?.variables ?? []  // none in a file without optimizer
/// ```
public struct StoredWeights: Sendable {
  /// The layout of Keras that determines where the layers are.
  public enum Layout: Equatable, Sendable {
    /// In a tree of Keras 3.
    case keras3
    /// In `model_weights`, as in whole models.
    case wholeModel
    /// At the root, as in the weights of Keras 2.
    case legacyWeights

    /// The paths of the groups that contain the layers of a model.
    ///
    /// Keras 3 derives them from the classes of the layers, earlier versions from their names.
    ///
    /// - Parameter layers: The layers of the model config.
    /// - Returns: A path for each layer, as in ``StoredLayer/treePath``.
    public func paths(of layers: [ConfiguredLayer]) -> [String] {
      switch self {
      case .keras3: KerasLayout.keys(classNames: layers.map(\.className)).map { "/layers/\($0)" }
      case .wholeModel: layers.map { "/model_weights/\($0.name)" }
      case .legacyWeights: layers.map { "/\($0.name)" }
      }
    }
  }

  /// The layout of the file.
  public let layout: Layout

  /// The layers; in a tree of Keras 3, nested layers follow the outer one.
  public let layers: [StoredLayer]

  /// The name of the model, if a group contains it.
  public let modelName: String?

  /// Variables of the model itself, which Cairn's models do not have.
  let ownVariables: [StoredVariable]
}

extension StoredWeights {
  /// Finds the layers; `nil` if there are none.
  init?(of container: Container) throws(CheckpointError) {
    // Cairn's files contain both trees with the same datasets; use the one for loading weights in
    // Keras 3.
    let tree = try WeightsTree(of: container).layers
    if !tree.isEmpty {
      let own = try container.layer(at: "/")
      self.init(
        layout: .keras3, layers: tree, modelName: own?.name, ownVariables: own?.variables ?? [])
      return
    }
    let found = try converting { () throws(HDF5Error) -> (Layout, [StoredLayer])? in
      if try container.file.contains("model_weights") {
        return (.wholeModel, try LegacyTree.layers(in: container.file, root: "model_weights"))
      }
      let layers = try LegacyTree.layers(in: container.file, root: "/")
      return layers.isEmpty ? nil : (.legacyWeights, layers)
    }
    guard let (layout, layers) = found else { return nil }
    self.init(layout: layout, layers: layers, modelName: nil, ownVariables: [])
  }
}

/// The state of an optimizer in a file.
///
/// ``CheckpointFile/storedOptimizer()`` finds it.
///
/// See ``StoredWeights`` for an example.
public struct StoredOptimizer: Sendable {
  /// The path of the group.
  public let path: String

  /// The name of the optimizer, if the group contains it.
  public let name: String?

  /// The variables; those of a tree of Keras 3 are named by their numbers.
  public let variables: [StoredVariable]

  /// Whether the variables have names, as in whole models.
  public let isNamed: Bool

  /// The version of Keras in the file, if the variables have names; their order depends on it.
  let kerasVersion: String?
}

extension StoredOptimizer {
  /// Finds the optimizer; `nil` if there is none.
  ///
  /// The state of a loss-scaling optimizer is stored twice: all of it in one list, and that of the
  /// inner optimizer in its own group, which is read here.
  init?(of container: Container) throws(CheckpointError) {
    let inner = ["/optimizer/inner_optimizer", "/optimizer\\inner_optimizer"]
    for path in inner + ["/optimizer"] {
      if let layer = try container.layer(at: path), !layer.variables.isEmpty {
        self.init(
          path: "\(path)/vars", name: layer.name, variables: layer.variables, isNamed: false,
          kerasVersion: nil)
        return
      }
    }
    guard container.format != .shards else { return nil }
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

extension StoredOptimizer {
  /// Derives the names of the variables from the class of the optimizer; files of Keras 3 only
  /// number them.
  ///
  /// - Parameters:
  ///   - className: The class of the optimizer, if it is known.
  ///   - options: The options in its config; empty if they are not known.
  ///   - trained: The names and shapes of the trained variables, in the order of the model.
  /// - Returns: A name for each variable, such as `iteration` or `d1/kernel/momentum`; its number
  ///   if the shapes of the variables do not fit the class.
  public func variableNames(
    className: String?, options: JSON.Object, trained: [(name: String, shape: [Int])]
  ) -> [String] {
    let candidates = className.map { KerasRegistry.optimizers(named: $0, options: options) } ?? []
    for optimizer in candidates {
      // With a schedule, there is no such variable.
      let head = ["iteration"] + (optimizer.hasLearningRateVariable ? ["learning_rate"] : [])
      let slots = optimizer.expectedSlots(for: trained)
      guard variables.map(\.shape) == head.map({ _ in [] }) + slots.map(\.shape) else { continue }
      return head + slots.map { slot in slot.variable.map { "\($0)/\(slot.name)" } ?? slot.name }
    }
    var names = variables.indices.map { "\($0)" }
    guard variables.count >= 2, variables[0].count == 1, variables[1].count == 1,
      "\(variables[0].elementType)" == "int64", "\(variables[1].elementType)" == "float32"
    else { return names }
    (names[0], names[1]) = ("iteration", "learning_rate")
    return names
  }
}
