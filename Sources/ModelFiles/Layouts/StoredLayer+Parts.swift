/// Layers that consist of objects with groups of their own, such as the cell of a recurrent layer:
/// Keras 3 stores `lstm/cell/vars/0`.
extension StoredLayer {
  /// Joins the group of a layer with those of its parts.
  ///
  /// - Parameters:
  ///   - path: The path of the group of the layer.
  ///   - places: Where its weights are in that group, such as `cell/vars/0`.
  ///   - take: Returns the group at a path.
  /// - Returns: A layer whose variables have the numbers of the weights; `nil` if there is no
  ///   group.
  static func group(
    at path: String, withWeightsAt places: [String], take: (String) -> StoredLayer?
  ) -> StoredLayer? {
    let own = take(path)
    var parts: [String] = []
    for place in places {
      // All but `vars` and the number.
      let part = place.split(separator: "/").dropLast(2).map { "\($0)/" }.joined()
      if !part.isEmpty, !parts.contains(part) { parts.append(part) }
    }
    guard !parts.isEmpty else { return own }
    var variables = own?.variables ?? []
    var isFound = own != nil
    for part in parts {
      guard let group = take("\(path)/\(part.dropLast())") else { continue }
      isFound = true
      variables += group.variables.map { variable in
        let place = "\(part)vars/\(variable.name)"
        return variable.named(places.firstIndex(of: place).map { "\($0)" } ?? place)
      }
    }
    guard isFound else { return nil }
    return StoredLayer(
      path: own?.path ?? path, treePath: path, name: own?.name, variables: variables)
  }
}

extension [StoredLayer] {
  /// The layers, of which those that are parts of another one are joined with it.
  var joiningParts: [StoredLayer] {
    var joined: [StoredLayer] = []
    for layer in self {
      var components = layer.treePath.split(separator: "/")
      while components.count > 1, let last = components.last, Self.parts.contains(last) {
        components.removeLast()
      }
      let path = "/" + components.joined(separator: "/")
      guard path != layer.treePath, let index = joined.firstIndex(where: { $0.treePath == path })
      else {
        joined.append(layer)
        continue
      }
      let whole = joined[index]
      // Those that go forwards are first.
      let isFirst = layer.treePath.contains("/forward_layer")
      let all = isFirst ? layer.variables + whole.variables : whole.variables + layer.variables
      joined[index] = StoredLayer(
        path: whole.path, treePath: path, name: whole.name,
        variables: all.enumerated().map { $1.named("\($0)") })
    }
    return joined
  }

  private static let parts: Set<Substring> = ["cell", "forward_layer", "backward_layer", "layer"]
}
