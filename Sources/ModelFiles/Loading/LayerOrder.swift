import NeuralNetwork

/// The order of groups with equal shapes, as layers of a model.
enum LayerOrder {
  /// Pairs layers with an equal number of groups.
  ///
  /// - Parameters:
  ///   - layers: The layers in the model's order: the name, and the path of the group in a
  ///     sequential model.
  ///   - groups: The groups.
  /// - Returns: The index of the group of each layer, and whether the file determines the order.
  static func pair(
    _ layers: [(name: String, path: String)], _ groups: [StoredLayer]
  ) -> (order: [Int], isCertain: Bool) {
    if groups.count == 1 { return ([0], true) }
    // The attributes of the Keras model may equal the names of our layers, or the layers were
    // named.
    let attributes = groups.map { $0.components.joined(separator: "/") }
    for candidates in [attributes, groups.map { $0.name ?? "" }] {
      let places = layers.compactMap { candidates.firstIndex(of: $0.name) }
      if Set(places).count == layers.count { return (places, true) }
    }
    // Keras numbers the layers of a class in the order of creation: `dense_9`, `dense_10`.
    let given = groups.compactMap { $0.name.map(NumberedName.init) }
    if given.count == groups.count, Set(given.map(\.base)).count == 1,
      Set(given.map(\.number)).count == given.count
    {
      return (groups.indices.sorted { given[$0].number < given[$1].number }, true)
    }
    // Keras visits the attributes in the order of their names, and `layers` is one of them. Later
    // attributes were already found there, under the keys of a sequential model.
    let keyed = layers.map { layer in groups.firstIndex { $0.treePath == layer.path } }
    let paths = attributes.map(NumberedName.init)
    var rest = groups.indices.filter { !keyed.contains($0) }.sorted {
      (paths[$0].base, paths[$0].number) < (paths[$1].base, paths[$1].number)
    }[...]
    let isCertain = rest.count <= 1
    return (keyed.map { $0 ?? rest.popFirst() ?? 0 }, isCertain)
  }
}
