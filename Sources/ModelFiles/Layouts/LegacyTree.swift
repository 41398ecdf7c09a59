import HDF5

/// The tree of weights of Keras 2 and of whole models: `<layer>/<weight name>`, with the names in
/// attributes.
///
/// Keras 1.0 and earlier numbered both, with the counts in attributes: `layer_3/param_0`.
enum LegacyTree {
  /// The layers in the group at `root`, in the model's order.
  static func layers(in file: borrowing File, root: String) throws(HDF5Error) -> [StoredLayer] {
    let group = try file.group(at: root)
    var layers: [StoredLayer] = []
    var count = 0
    // The model's own weights, of which there are usually none, are stored beside the layers.
    let own = "top_level_model_weights"
    var names = try names("layer_names", of: group)
    if names.isEmpty {
      names = try numbered("layer_", "nb_layers", of: group)
    }
    if !names.isEmpty, try group.contains(own) { names.append(own) }
    for name in names {
      guard try group.contains(name) else {
        let path = group.path == "/" ? "/\(name)" : "\(group.path)/\(name)"
        layers.append(
          StoredLayer(
            path: path, name: name,
            variables: [StoredVariable(missing: name, path: path, part: 0)]))
        continue
      }
      let layer = try group.group(at: name)
      var paths = try self.names("weight_names", of: layer)
      if paths.isEmpty { paths = try numbered("param_", "nb_params", of: layer) }
      count += paths.count
      guard count <= LayerLimits.count else { break }
      let variables = try variables(paths, in: layer)
      guard name != own || !variables.isEmpty else { continue }
      layers.append(StoredLayer(path: layer.path, name: name, variables: variables))
    }
    return layers
  }

  /// The variables of the optimizer; `nil` if the file has none.
  static func optimizerVariables(in file: borrowing File) throws(HDF5Error) -> [StoredVariable]? {
    guard try file.contains("optimizer_weights") else { return nil }
    let group = try file.group(at: "optimizer_weights")
    return try variables(names("weight_names", of: group), in: group)
  }

  private static func variables(
    _ paths: [String], in group: borrowing Group
  ) throws(HDF5Error) -> [StoredVariable] {
    var variables: [StoredVariable] = []
    for path in paths {
      variables.append(
        try group.contains(path)
          ? StoredVariable(path, group.dataset(at: path), part: 0)
          : StoredVariable(missing: path, path: "\(group.path)/\(path)", part: 0))
    }
    return variables
  }

  /// A list of names in an attribute; Keras splits lists of more than 64 KiB into several
  /// attributes.
  private static func names(
    _ attribute: String, of group: borrowing Group
  ) throws(HDF5Error) -> [String] {
    if let value = try group.attribute(attribute) { return strings(value) }
    var names: [String] = []
    var part = 0
    while names.count < LayerLimits.count,
      let value = try group.attribute("\(attribute)\(part)")
    {
      names += strings(value)
      part += 1
    }
    return Array(names.prefix(LayerLimits.count))
  }

  /// The names of the members that Keras 1.0 numbered.
  private static func numbered(
    _ prefix: String, _ attribute: String, of group: borrowing Group
  ) throws(HDF5Error) -> [String] {
    guard case .int(let count)? = try group.attribute(attribute), count > 0 else { return [] }
    return (0..<min(Int(count), LayerLimits.count)).map { "\(prefix)\($0)" }
  }

  private static func strings(_ value: AttributeValue) -> [String] {
    guard case .strings(let names) = value else { return [] }
    // Ignore longer paths: through a cycle of links they could lead on endlessly.
    return names.prefix(LayerLimits.count).filter { name in
      name.asName != nil
        && name.utf8.count { $0 == UInt8(ascii: "/") } < LayerLimits.depth
    }
  }
}
