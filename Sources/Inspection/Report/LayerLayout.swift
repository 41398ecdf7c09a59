import Checkpoints
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors

/// The layers of a file according to its groups, in any of Keras's layouts.
struct LayerLayout {
  let form: StoredWeights.Form
  let layers: [LayerGroup]
  /// The name of the model, if a group contains it.
  let modelName: String?

  /// Finds the layers; `nil` if the file has none.
  init?(of container: Container) throws(CheckpointError) {
    guard let weights = try StoredWeights(of: container) else { return nil }
    form = weights.form
    layers = LayerGroup.groups(of: weights)
    // Keras writes it as of version 3.6; it is only shown.
    modelName = weights.modelName
  }

  /// The kind of file with this layout.
  var kind: FileKind {
    switch form {
    case .keras3: .kerasWeights
    case .wholeModel: .kerasModel
    case .legacyWeights: .kerasLegacyWeights
    }
  }
}

extension ModelReport {
  /// Combines the groups of a file with its model config.
  init(_ layout: LayerLayout, config text: String?, kerasVersion: String?) {
    let config = text.flatMap { try? JSON(parsing: $0) }
    let architecture: Architecture?
    var problem: String?
    do throws(KerasError) {
      architecture = try text.map { text throws(KerasError) in
        try Architecture(kerasConfig: JSON(kerasConfig: text), kerasVersion: kerasVersion)
      }
    } catch {
      architecture = nil
      problem = "\(error)"
    }
    let outputShapes = (try? architecture?.outputShapes()) ?? []
    let shapes = Dictionary(
      outputShapes.map { ($0.layer.name, $0.outputShape) }
    ) { first, _ in first }

    name = config?["config"]?["name"]?.string?.asName ?? layout.modelName
    className = config?["class_name"]?.string?.asName
    inputShape = architecture?.inputExtents
    configurationProblem = problem

    // The config determines order, names and classes; the groups determine what is stored.
    let entries = ConfiguredLayer.layers(in: config)
    let keys =
      layout.form == .keras3
      ? KerasLayout.keys(classNames: entries.map(\.className)).map { "/layers/\($0)" }
      : entries.map { layout.form == .wholeModel ? "/model_weights/\($0.name)" : "/\($0.name)" }
    var groups = Dictionary(layout.layers.map { ($0.treePath, $0) }) { first, _ in first }
    var layers = zip(entries, keys).map { entry, key in
      let group = groups.removeValue(forKey: key)
      return LayerReport(
        entry.name, className: entry.className, outputShape: shapes[entry.name], group)
    }
    for group in layout.layers where groups[group.treePath] != nil {
      // Inputs have no variables. Without a config, their groups do not say that they are inputs.
      layers.append(
        LayerReport(group.name, className: group.className, outputShape: nil, group))
    }
    self.layers = layers
  }
}

extension LayerReport {
  fileprivate init(
    _ name: String, className: String?, outputShape: [Int?]?, _ group: LayerGroup?
  ) {
    self.name = name
    self.className = className
    self.outputShape = outputShape
    path = group?.path
    let variables = group?.variables ?? []
    // The config may contain a class that the group does not determine.
    let isNumbered = variables.enumerated().allSatisfy { $1.name == "\($0)" }
    let names =
      isNumbered
      ? KerasRegistry.variableNames(ofClass: className, count: variables.count)
      : variables.map(\.name)
    self.variables = zip(names, variables).map { $1.renamed("\(name)/\($0)") }
  }
}

/// A layer of any class in a model config.
struct ConfiguredLayer {
  let name: String
  let className: String

  /// Returns the layers of a sequential or functional model; empty if the config lists none.
  static func layers(in config: JSON?) -> [ConfiguredLayer] {
    let inner = config?["config"]
    let entries = inner?["layers"]?.array ?? inner?.array ?? []
    let isSequential = config?["class_name"]?.string == "Sequential"
    return entries.prefix(LayerLimits.count).compactMap { entry in
      guard let className = entry["class_name"]?.string?.asName else { return nil }
      // The input of a sequential model has no group of its own in files.
      if isSequential, className == "InputLayer" { return nil }
      let name = entry["config"]?["name"]?.string ?? entry["name"]?.string
      return ConfiguredLayer(name: name?.asName ?? className.snakeCased, className: className)
    }
  }
}
