import Checkpoints
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors

/// The layers of a file according to its groups, in any of Keras's layouts.
struct LayerLayout {
  let weights: StoredWeights
  let layers: [LayerGroup]

  /// Finds the layers; `nil` if the file has none.
  init?(of checkpoint: borrowing CheckpointFile) throws(CheckpointError) {
    guard let weights = try checkpoint.storedWeights() else { return nil }
    self.weights = weights
    layers = LayerGroup.groups(of: weights)
  }

  /// The kind of file with this layout.
  var kind: FileKind {
    switch weights.layout {
    case .keras3: .kerasWeights
    case .wholeModel: .kerasModel
    case .legacyWeights: .kerasLegacyWeights
    }
  }
}

extension ModelReport {
  /// Combines the groups of a file with its model config.
  ///
  /// - Parameters:
  ///   - layout: The groups.
  ///   - config: The model config; `nil` if there is none or it cannot be parsed.
  ///   - problem: The reason why it cannot be parsed.
  ///   - kerasVersion: The version of Keras that wrote the file, if known.
  init(_ layout: LayerLayout, config: JSON?, problem: KerasError?, kerasVersion: String?) {
    var problem = problem
    var architecture: Architecture?
    if let config {
      do throws(KerasError) {
        architecture = try Architecture(kerasConfig: config, kerasVersion: kerasVersion)
      } catch {
        problem = error
      }
    }
    let model = config.map(ConfiguredModel.init)
    let outputShapes = (try? architecture?.outputShapes()) ?? []
    let inputShapes = architecture?.inputs.map { ($0.name, $0.extents) } ?? []
    let shapes = Dictionary(
      inputShapes + outputShapes.map { ($0.layer.name, $0.outputShape) }
    ) { first, _ in first }

    var operations: [String: Int] = [:]
    if let architecture, let counts = architecture.floatingPointOperations() {
      for input in architecture.inputs { operations[input.name] = 0 }
      for (layer, count) in counts { operations[layer.name] = Int(exactly: count) }
    }

    // Keras writes it into the groups as of version 3.6; it is only shown.
    name = model?.name ?? layout.weights.modelName
    className = model?.className
    inputs = (architecture?.inputs ?? []).map { InputReport(name: $0.name, shape: $0.extents) }
    outputNames = architecture?.graph.outputNames ?? []
    configurationProblem = problem.map { "\($0)" }

    // The config determines order, names and classes; the groups determine what is stored.
    let entries = model?.layers ?? []
    let paths = layout.weights.layout.paths(of: entries)
    var groups = Dictionary(layout.layers.map { ($0.treePath, $0) }) { first, _ in first }
    var layers = zip(entries, paths).map { entry, path in
      let group = groups.removeValue(forKey: path)
      return LayerReport(
        entry.name, className: entry.className, outputShape: shapes[entry.name],
        flops: operations[entry.name], group)
    }
    for group in layout.layers where groups[group.treePath] != nil {
      // Inputs have no variables. Without a config, their groups do not say that they are inputs.
      layers.append(
        LayerReport(group.name, className: group.className, outputShape: nil, flops: nil, group))
    }
    self.layers = layers
  }
}

extension LayerReport {
  fileprivate init(
    _ name: String, className: String?, outputShape: [Int?]?, flops: Int?, _ group: LayerGroup?
  ) {
    self.name = name
    self.className = className
    self.outputShape = outputShape
    self.flops = flops
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
