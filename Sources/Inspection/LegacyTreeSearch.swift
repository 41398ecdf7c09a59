import HDF5

/// Finds the layers in a tree of Keras 2: `<layer>/<weight name>`, with the names in attributes.
enum LegacyTreeSearch {
  /// The layers in the group at `root`, in the model's order.
  static func layers(in file: borrowing File, root: String) throws(HDF5Error) -> [LayerGroup] {
    let group = try file.group(at: root)
    var layers: [LayerGroup] = []
    var count = 0
    for name in try names("layer_names", of: group) where try group.contains(name) {
      let layer = try group.group(at: name)
      let paths = try names("weight_names", of: layer)
      count += paths.count
      guard count <= LayerLimits.count else { break }
      layers.append(
        LayerGroup(
          path: layer.path, name: name, className: KerasNames.className(ofLayer: name),
          variables: try variables(paths, in: layer)))
    }
    return layers
  }

  /// The variables of the optimizer; the names are those of the datasets.
  static func optimizerVariables(in file: borrowing File) throws(HDF5Error) -> [VariableReport] {
    guard try file.contains("optimizer_weights") else { return [] }
    let group = try file.group(at: "optimizer_weights")
    return try variables(names("weight_names", of: group), in: group)
  }

  private static func variables(
    _ paths: [String], in group: borrowing Group
  ) throws(HDF5Error) -> [VariableReport] {
    // The last component says it all, unless a model is a layer and has several of a name.
    let short = paths.map { path in
      let last = path.split(separator: "/").last ?? ""
      return String(last.split(separator: ":").first ?? last)
    }
    let isUnique = Set(short).count == short.count
    var variables: [VariableReport] = []
    for (path, short) in zip(paths, short) where try group.contains(path) {
      variables.append(
        VariableReport(name: isUnique ? short : path, try group.dataset(at: path)))
    }
    return variables
  }

  /// A list of names in an attribute; Keras splits lists above 64 KiB into several attributes.
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

  private static func strings(_ value: AttributeValue) -> [String] {
    guard case .strings(let names) = value else { return [] }
    // A longer path is no name: through a cycle of links it could lead on without end.
    return names.prefix(LayerLimits.count).filter { name in
      name.asName != nil
        && name.utf8.count { $0 == UInt8(ascii: "/") } < LayerLimits.depth
    }
  }
}
