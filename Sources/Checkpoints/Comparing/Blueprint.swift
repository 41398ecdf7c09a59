import HDF5
import NeuralNetwork

/// A model by which the variables of two files find each other: as one of the files describes it, or as
/// the groups of one show it.
struct Blueprint {
  /// What the model needs.
  let weights: ModelWeights

  /// Whether a file describes the model, so that it is known what is trained.
  let isDescribed: Bool

  /// For each weight of each layer the variable of the file whose groups these are; nil if the model
  /// comes from a description.
  let own: [[StoredVariable?]]?
}

extension Blueprint {
  /// Takes the model that a file describes; nil if it describes none, or one that is not supported.
  init?(describedIn file: borrowing CheckpointFile) {
    guard let architecture = try? file.architecture() else { return nil }
    let model = architecture.makeModel()
    guard let plan = try? model.plan(inputShape: architecture.inputShape) else { return nil }
    self.init(weights: ModelWeights(model, plan), isDescribed: true, own: nil)
  }

  /// Takes the layers as the groups of a file show them.
  init(_ stored: StoredWeights) {
    let layers = stored.layers.filter { !$0.variables.isEmpty }
    self.init(
      weights: ModelWeights(layers, isTree: stored.form == .keras3), isDescribed: false,
      own: layers.map { $0.variables.map { $0.isMissing ? nil : $0 } })
  }

  /// The variables that a file has of the model, whatever their shapes.
  func match(_ stored: StoredWeights) -> WeightsMatch { WeightsMatch(weights, stored) }
}

extension ModelWeights {
  /// Describes layers of a file as if they were those of a model.
  fileprivate init(_ stored: [StoredLayer], isTree: Bool) {
    // Keras names a layer after its class, as it does with the keys of the tree.
    var counts: [Substring: Int] = [:]
    var layers: [Layer] = []
    for (index, layer) in stored.enumerated() {
      let isKeyed = isTree && layer.treePath.hasPrefix("/layers/")
      let components = layer.components.joined(separator: "/")
      let name = isTree && !isKeyed ? components : layer.name ?? components
      let base = NumberedName(name).base
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let key = count == 0 ? "\(base)" : "\(base)_\(count)"
      layers.append(
        Layer(
          name: name, path: isKeyed ? layer.treePath : "/layers/\(key)", outer: index,
          weights: layer.variables.map { variable in
            Weight(
              name: "\(name)/\(variable.name)", shape: variable.shape, isTrainable: true,
              isInteger: variable.elementType.isInteger)
          }))
    }
    let paths = layers.map { $0.path.split(separator: "/").filter { $0 != "layers" } }
    self.init(
      layers: layers, nodes: ModelWeights.nodes(of: layers.indices.map { ($0, paths[$0][...]) }))
  }

  /// Puts layers in layers together again.
  ///
  /// - Parameter entries: Indices of layers, each with the keys that lead to it from here.
  /// - Returns: The layers, those that are models with what is in them.
  private static func nodes(of entries: [(layer: Int, keys: ArraySlice<Substring>)]) -> [Node] {
    var order: [Substring] = []
    var inner: [Substring: [(layer: Int, keys: ArraySlice<Substring>)]] = [:]
    var leaves: [Node] = []
    for entry in entries {
      guard let key = entry.keys.first else { continue }
      if entry.keys.count == 1 {
        leaves.append(Node(name: "\(key)", key: "\(key)", layer: entry.layer, inner: []))
      } else {
        if inner[key] == nil { order.append(key) }
        inner[key, default: []].append((entry.layer, entry.keys.dropFirst()))
      }
    }
    return leaves
      + order.map { key in
        Node(name: "\(key)", key: "\(key)", layer: nil, inner: nodes(of: inner[key] ?? []))
      }
  }
}
