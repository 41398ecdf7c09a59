import NeuralNetwork

/// The order in which groups of equal shapes are the layers of a model.
enum LayerOrder {
  /// Pairs layers with groups, as many as there are layers.
  ///
  /// - Parameters:
  ///   - layers: The layers, in the model's order: the name, and the path that the group would have in
  ///     a sequential model.
  ///   - groups: The groups.
  /// - Returns: For each layer which of the groups it is, and whether the file tells so.
  static func pair(
    _ layers: [(name: String, path: String)], _ groups: [StoredLayer]
  ) -> (order: [Int], isCertain: Bool) {
    if groups.count == 1 { return ([0], true) }
    // The attributes of the model in Keras are the properties of ours; or the layers were named.
    let attributes = groups.map { $0.components.joined(separator: "/") }
    for candidates in [attributes, groups.map { $0.name ?? "" }] {
      let places = layers.compactMap { candidates.firstIndex(of: $0.name) }
      if Set(places).count == layers.count { return (places, true) }
    }
    // Keras numbers the layers of a class as they are made: `dense_9`, `dense_10`.
    let given = groups.compactMap { $0.name.map(NumberedName.init) }
    if given.count == groups.count, Set(given.map(\.base)).count == 1,
      Set(given.map(\.number)).count == given.count
    {
      return (groups.indices.sorted { given[$0].number < given[$1].number }, true)
    }
    // It goes through the attributes in the order of their names, and `layers` is one of them: what
    // comes after has been found there, under the keys of a sequential model.
    let keyed = layers.map { layer in groups.firstIndex { $0.treePath == layer.path } }
    let paths = attributes.map(NumberedName.init)
    var rest = groups.indices.filter { !keyed.contains($0) }.sorted {
      (paths[$0].base, paths[$0].number) < (paths[$1].base, paths[$1].number)
    }[...]
    let isCertain = rest.count <= 1
    return (keyed.map { $0 ?? rest.popFirst() ?? 0 }, isCertain)
  }
}
