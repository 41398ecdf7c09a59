import HDF5

/// Finds the layers in a tree of Keras 3: groups that have a group `vars` with datasets 0, 1, ….
///
/// Layers of sequential and functional models are in `/layers`, those of other models at the root or
/// in groups named after lists. Layers in layers are counted as parts of the outer one.
struct KerasTreeSearch {
  /// Groups of the root that hold no layers.
  private static let reserved: Set<String> = [
    "vars", "optimizer", "metrics", "model_weights", "optimizer_weights", "training_state",
  ]

  private var visited: Set<UInt64> = []
  private var membersLeft = LayerLimits.members
  private var variablesLeft = LayerLimits.count
  private var layers: [LayerGroup] = []

  /// The layers of the file.
  static func layers(in file: borrowing File) throws(HDF5Error) -> [LayerGroup] {
    var search = KerasTreeSearch()
    let groups = try search.groups(in: file.root).filter { !reserved.contains($0) }
    try search.visit(groups, of: file.root, prefix: "", depth: 0)
    return search.layers
  }

  /// The datasets of a group of variables, in the order of the numbers that are their names.
  static func numberedDatasets(in group: borrowing Group) throws(HDF5Error) -> [String] {
    try group.members.filter { $0.kind == .dataset }.map(\.name).sorted { first, second in
      switch (Int(first), Int(second)) {
      case (let first?, let second?): first < second
      case (nil, nil): first < second
      case (let first, _): first != nil
      }
    }
  }

  /// The names of the groups in a group that were not visited before.
  ///
  /// They are in the order in which they lie in the file: Keras writes the layers one after another,
  /// while names would sort `dense` before `input_layer`.
  private mutating func groups(in group: borrowing Group) throws(HDF5Error) -> [String] {
    guard membersLeft > 0 else { return [] }
    let members = try group.members
    membersLeft -= members.count + 1
    return members.filter { $0.kind == .group }
      .sorted { ($0.address ?? 0) < ($1.address ?? 0) }
      .filter { visited.insert($0.address ?? 0).inserted }
      .map(\.name)
  }

  /// Looks for layers in some of the groups in a group.
  private mutating func visit(
    _ names: [String], of parent: borrowing Group, prefix: String, depth: Int
  ) throws(HDF5Error) {
    guard depth < LayerLimits.depth else { return }
    for name in names where layers.count < LayerLimits.count {
      let group = try parent.group(at: name)
      let inner = try groups(in: group)
      guard inner.contains("vars") else {
        let path = name == "layers" ? prefix : "\(prefix)\(name)/"
        try visit(inner, of: group, prefix: path, depth: depth + 1)
        continue
      }
      // The keys in `/layers` are made from the class; elsewhere they are what the user chose.
      let givenName = try KerasTreeSearch.givenName(of: group)
      let isKeyed = parent.path == "/layers"
      let className = KerasNames.className(ofLayer: isKeyed ? name : givenName ?? name)
      layers.append(
        LayerGroup(
          path: group.path, name: isKeyed ? givenName ?? name : prefix + name,
          className: className,
          variables: try variables(
            in: group, inner, className: className, prefix: "", depth: depth + 1)))
    }
  }

  /// The variables of a layer, then those of the layers in it.
  private mutating func variables(
    in layer: borrowing Group, _ groups: [String], className: String?, prefix: String, depth: Int
  ) throws(HDF5Error) -> [VariableReport] {
    var variables: [VariableReport] = []
    if groups.contains("vars"), membersLeft > 0 {
      let group = try layer.group(at: "vars")
      let datasets = try KerasTreeSearch.numberedDatasets(in: group).prefix(variablesLeft)
      membersLeft -= datasets.count + 1
      variablesLeft -= datasets.count
      let names = KerasNames.variables(ofClass: className, count: datasets.count)
      for (name, dataset) in zip(names, datasets) {
        variables.append(VariableReport(name: prefix + name, try group.dataset(at: dataset)))
      }
    }
    guard depth < LayerLimits.depth else { return variables }
    for name in groups where name != "vars" {
      let child = try layer.group(at: name)
      let inner = try self.groups(in: child)
      let key = try inner.contains("vars") ? KerasTreeSearch.givenName(of: child) ?? name : name
      variables += try self.variables(
        in: child, inner, className: KerasNames.className(ofLayer: key),
        prefix: name == "layers" ? prefix : "\(prefix)\(name)/", depth: depth + 1)
    }
    return variables
  }

  /// The name that Keras 3.6 and later write beside the variables.
  private static func givenName(of layer: borrowing Group) throws(HDF5Error) -> String? {
    guard case .string(let name)? = try layer.group(at: "vars").attribute("name") else {
      return nil
    }
    return name.asName
  }
}
