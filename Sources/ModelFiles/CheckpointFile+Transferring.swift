public import NeuralNetwork
import Tensors

/// Starting a model from the weights of another one.
extension CheckpointFile {
  /// Loads the weights of the layers that a model shares with that in the file.
  ///
  /// Layers are matched by their names and those of the models that contain them; if the names
  /// differ and there are as many layers with weights, by their order. Only the last layer with
  /// weights, the head, may differ in its shapes; it then keeps its own weights.
  ///
  /// A file that does not describe its model must hold the weights of exactly this one.
  ///
  /// - Parameter model: The model, built.
  /// - Returns: The names of the layers that keep their own weights.
  /// - Throws: ``CheckpointError`` if a layer other than the head is missing from the file or has
  ///   other shapes; the weights are then unchanged.
  public func transferWeights(to model: Model) throws(CheckpointError) -> [String] {
    guard let source = try loadModelIfDescribed() else {
      try loadWeights(into: model)
      return []
    }
    let (wanted, found) = (model.weightedLayers, source.weightedLayers)
    let byPath = Dictionary(found.map { ($0.path, $0.layer) }) { first, _ in first }
    // The head of another file often has a name of its own.
    let isNamed = wanted.dropLast().allSatisfy { byPath[$0.path] != nil }
    let isOrdered = !isNamed && wanted.count == found.count
    var differences: [CheckpointError.Mismatch] = []
    var kept: [String] = []
    var values: [(Variable, Tensor)] = []
    for (index, (path, layer)) in wanted.enumerated() {
      let isHead = index == wanted.count - 1
      guard let other = isOrdered ? found[index].layer : byPath[path] else {
        if isHead {
          kept.append(path)
        } else {
          differences += layer.weights.map {
            .missing(variable: "\(path)/\($0.name)", path: self.path)
          }
        }
        continue
      }
      let shapes = (layer.weights.map(\.shape), other.weights.map(\.shape))
      if shapes.0 == shapes.1 {
        values += zip(layer.weights, other.weights).map { ($0, $1.value) }
      } else if isHead {
        kept.append(path)
      } else {
        for (index, weight) in layer.weights.enumerated() {
          let inFile = other.weights.indices.contains(index) ? shapes.1[index] : []
          guard inFile != weight.shape else { continue }
          differences.append(
            .shape(
              variable: "\(path)/\(weight.name)", path: other.name,
              inModel: weight.shape.dimensions, inFile: inFile.dimensions))
        }
      }
    }
    guard differences.isEmpty else { throw .mismatch(path: self.path, differences) }
    for (variable, value) in values { variable.value = value }
    return kept
  }
}

extension Model {
  /// The layers with weights of their own, and those of nested models, with the names of the models
  /// that contain them.
  fileprivate var weightedLayers: [(path: String, layer: Layer)] {
    layersInOrder.flatMap { layer in
      let inner = (layer as? Model)?.weightedLayers ?? []
      return (layer.weights.isEmpty ? [] : [(layer.name, layer)])
        + inner.map { ("\(layer.name)/\($0.path)", $0.layer) }
    }
  }
}
