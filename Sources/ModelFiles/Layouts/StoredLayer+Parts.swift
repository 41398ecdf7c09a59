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
      // tf_keras begins the name with an underscore.
      let name = part.dropLast()
      guard let group = take("\(path)/\(name)") ?? take("\(path)/_\(name)") else { continue }
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
    let paths = Set(map(\.treePath))
    var joined: [StoredLayer] = []
    var parts: [Int: [StoredLayer]] = [:]
    for layer in self {
      var components = layer.treePath.split(separator: "/")
      while components.count > 1, let last = components.last,
        Self.parts.contains(last) || Self.isProjection(components, paths)
      {
        components.removeLast()
      }
      let path = "/" + components.joined(separator: "/")
      guard path != layer.treePath, let index = joined.firstIndex(where: { $0.treePath == path })
      else {
        joined.append(layer)
        continue
      }
      parts[index, default: []].append(layer)
    }
    for (index, parts) in parts {
      let whole = joined[index]
      let sorted = Self.order.flatMap { part in parts.filter { Self.place(of: $0) == part } }
      let all = whole.variables + sorted.flatMap(\.variables)
      joined[index] = StoredLayer(
        path: whole.path, treePath: whole.treePath, name: whole.name,
        variables: all.enumerated().map { $1.named("\($0)") })
    }
    return joined
  }

  private static let parts: Set<Substring> = ["cell", "forward_layer", "backward_layer", "layer"]

  /// The parts of a layer in the order of its weights; the first stands for all others.
  private static let order =
    ["", "forward_layer", "backward_layer"]
    + ["query", "key", "gate", "value", "output"].map { "\($0)_dense" }

  private static func place(of layer: StoredLayer) -> String {
    layer.treePath.split(separator: "/").map { $0.drop { $0 == "_" } }
      .lazy.compactMap { component in order.first { $0 == component } }.last ?? ""
  }

  /// Whether the last component of a path is a projection of an attention layer, whose other
  /// projections are there, too.
  private static func isProjection(_ path: [Substring], _ paths: Set<String>) -> Bool {
    guard let last = path.last, last.hasSuffix("_dense"),
      order.contains(String(last.drop { $0 == "_" }))
    else { return false }
    let container = path.dropLast().map { "/\($0)" }.joined()
    let prefix = last.hasPrefix("_") ? "_" : ""
    return ["query", "key", "value", "output"].allSatisfy {
      paths.contains("\(container)/\(prefix)\($0)_dense")
    }
  }
}
