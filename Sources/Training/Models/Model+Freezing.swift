import Glibc
import NeuralNetwork

extension Model {
  /// Freezes layers by name, so that their weights are not trained.
  ///
  /// - Parameter patterns: Patterns for the names, with `*`, `?` and `[…]` as in a shell. A layer
  ///   in another model is found by its own name and by its path, such as `base/conv1`.
  /// - Throws: ``UntrainableModel/noLayer(named:)`` if no layer has the name.
  func freeze(_ patterns: [String]) throws(UntrainableModel) {
    guard !patterns.isEmpty else { return }
    var unused = Set(patterns)
    func freeze(_ layers: [Layer], in path: String) {
      for layer in layers {
        let names = [layer.name, path + layer.name]
        let matching = patterns.filter { pattern in
          names.contains { unsafe fnmatch(pattern, $0, 0) == 0 }
        }
        unused.subtract(matching)
        if !matching.isEmpty { layer.isTrainable = false }
        if let model = layer as? Model {
          freeze(model.layersInOrder, in: path + layer.name + "/")
        }
      }
    }
    freeze(layersInOrder, in: "")
    if let name = patterns.first(where: unused.contains) { throw .noLayer(named: name) }
  }
}
