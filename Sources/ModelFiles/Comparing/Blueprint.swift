import HDF5
import NeuralNetwork

/// A model for pairing the variables of two files.
///
/// It is described in one of the files, or derived from the groups of one.
struct Blueprint {
  /// The weights of the model.
  let weights: ModelWeights

  /// Whether a file describes the model, so that the trainable weights are known.
  let isDescribed: Bool

  /// The variable of each weight of each layer, in the file from whose groups the model was
  /// derived; `nil` if the model is described.
  let own: [[StoredVariable?]]?
}

extension Blueprint {
  /// Creates a blueprint from the description in a file; `nil` if there is none or it is
  /// unsupported.
  init?(describedIn file: borrowing CheckpointFile) {
    guard let architecture = try? file.architecture() else { return nil }
    let model = architecture.makeModel()
    guard let plan = try? model.plan(inputShapes: architecture.inputShapes) else { return nil }
    self.init(weights: ModelWeights(model, plan), isDescribed: true, own: nil)
  }

  /// Creates a blueprint from the groups of a file.
  init(_ stored: StoredWeights) {
    let layers = stored.layers.joiningParts.filter { !$0.variables.isEmpty }
    self.init(
      weights: ModelWeights(layers, isTree: stored.layout == .keras3), isDescribed: false,
      own: layers.map { $0.variables.map { $0.isMissing ? nil : $0 } })
  }

  /// Matches the variables of a file with the model.
  func match(_ stored: StoredWeights) -> WeightsMatch { WeightsMatch(weights, stored) }
}

extension ModelWeights {
  /// Describes the layers of a file as those of a model.
  fileprivate init(_ stored: [StoredLayer], isTree: Bool) {
    // Keras derives default names of layers from their class, like the keys of the tree.
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
          weights: layer.variables.enumerated().map { index, variable in
            let isInside = variable.path.hasPrefix("\(layer.path)/")
            return Weight(
              name: "\(name)/\(variable.name)", shape: variable.shape, isTrainable: true,
              isInteger: variable.elementType.isInteger,
              place: isTree && isInside
                ? String(variable.path.dropFirst(layer.path.count + 1)) : "vars/\(index)")
          }))
    }
    let paths = layers.map { $0.path.split(separator: "/").filter { $0 != "layers" } }
    self.init(
      layers: layers, nodes: ModelWeights.nodes(of: layers.indices.map { ($0, paths[$0][...]) }))
  }

  /// Rebuilds the tree of nested layers.
  ///
  /// - Parameter entries: The indices of layers, each with the keys of its path from here.
  /// - Returns: The nodes, with the nested layers of models.
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
