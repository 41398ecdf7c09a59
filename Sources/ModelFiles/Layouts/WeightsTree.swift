import HDF5

/// The tree of weights of Keras 3: groups that contain a group `vars` with datasets 0, 1, ….
///
/// Layers of sequential and functional models are in `/layers`, those of other models at the root
/// or in groups named after lists. Nested layers follow the outer one.
struct WeightsTree: Sendable {
  /// Groups of the root that contain no layers.
  private static let reserved: Set<String> = [
    "vars", "optimizer", "metrics", "model_weights", "optimizer_weights", "training_state",
  ]

  /// What a model that was compiled, and is a layer of another, has beside its layers.
  private static let compiled: Set<String> = ["optimizer", "metrics"]

  /// Whether a path starts with a group of the root that contains no layers.
  private static func isReserved(_ path: String) -> Bool {
    TreePaths.components(of: path).first.map { reserved.contains(String($0)) } ?? false
  }

  /// Every group that contains `vars`, in the order of the file.
  private(set) var layers: [StoredLayer] = []

  private var visited: Set<UInt64> = []
  private var membersLeft = LayerLimits.members
  private var variablesLeft = LayerLimits.count

  /// Finds the layers of a container.
  init(of container: Container) throws(CheckpointError) {
    if container.format == .shards {
      try findShards(of: container)
    } else {
      try converting { () throws(HDF5Error) in
        let groups = try groups(in: container.file.root).filter {
          !WeightsTree.isReserved($0)
        }
        try visit(groups, of: container.file.root, depth: 0)
      }
    }
    let paths = TreePaths(layers.map(\.path))
    layers = layers.map { layer in
      StoredLayer(
        path: layer.path, treePath: paths.modern(layer.path), name: layer.name,
        variables: layer.variables)
    }
  }

  /// The names of the unvisited groups in a group.
  ///
  /// They are sorted by their addresses in the file: Keras writes the layers in order, whereas
  /// sorting by name would place `dense` before `input_layer`.
  private mutating func groups(in group: borrowing Group) throws(HDF5Error) -> [String] {
    guard membersLeft > 0 else { return [] }
    let members = try group.members
    membersLeft -= members.count + 1
    return members.filter { $0.kind == .group }
      .sorted { ($0.address ?? 0) < ($1.address ?? 0) }
      .filter { visited.insert($0.address ?? 0).inserted }
      .map(\.name)
  }

  /// Searches the named groups of a group for layers.
  private mutating func visit(
    _ names: [String], of parent: borrowing Group, depth: Int
  ) throws(HDF5Error) {
    guard depth < LayerLimits.depth else { return }
    for name in names where layers.count < LayerLimits.count {
      let group = try parent.group(at: name)
      let inner = try groups(in: group)
      if inner.contains("vars"), membersLeft > 0 {
        let layer = try StoredLayer(
          path: group.path, vars: group.group(at: "vars"), atMost: variablesLeft)
        membersLeft -= layer.variables.count + 1
        variablesLeft -= layer.variables.count
        layers.append(layer)
      }
      let isModel = inner.contains(where: TreePaths.containers.contains)
      try visit(
        inner.filter { $0 != "vars" && !(isModel && Self.compiled.contains($0)) }, of: group,
        depth: depth + 1)
    }
  }

  /// Finds the layers in the map of shards; each may be spread over several files.
  private mutating func findShards(of container: Container) throws(CheckpointError) {
    let paths = container.map.keys.sorted()
    let models = Set(paths.flatMap { Self.parents(in: $0, of: TreePaths.containers) })
    for path in paths {
      guard path.hasSuffix("/vars"), path != "/vars", !WeightsTree.isReserved(path),
        models.isDisjoint(with: Self.parents(in: path, of: Self.compiled))
      else { continue }
      let layer = try container.layer(shardedAt: path)
      variablesLeft -= layer.variables.count
      guard variablesLeft > 0 else { return }
      layers.append(layer)
    }
  }

  /// The paths of the groups with a member of one of these names, of those that a path leads
  /// through.
  private static func parents(in path: String, of names: Set<String>) -> [String] {
    let components = TreePaths.components(of: path)
    return components.indices.prefix(LayerLimits.depth).filter {
      names.contains(String(components[$0]))
    }.map { components[..<$0].joined(separator: "/") }
  }
}

extension StoredLayer {
  /// Reads the contents of a group `vars`.
  init(
    path: String, vars: borrowing Group, part: Int = 0, atMost limit: Int = LayerLimits.count
  ) throws(HDF5Error) {
    self.path = path
    treePath = path
    name = if case .string(let name)? = try vars.attribute("name") { name.asName } else { nil }
    var variables: [StoredVariable] = []
    for name in try StoredLayer.numberedDatasets(in: vars).prefix(limit) {
      variables.append(try StoredVariable(name, vars.dataset(at: name), part: part))
    }
    self.variables = variables
  }

  /// The names of the datasets in a group of variables, sorted as numbers.
  private static func numberedDatasets(in group: borrowing Group) throws(HDF5Error) -> [String] {
    try group.members.filter { $0.kind == .dataset }.map(\.name).sorted { first, second in
      switch (Int(first), Int(second)) {
      case (let first?, let second?): first < second
      case (nil, nil): first < second
      case (let first, _): first != nil
      }
    }
  }
}

extension Container {
  /// Reads the variables of the group `vars` at a path, from any part of the container.
  ///
  /// - Returns: The layer; `nil` if there is no such group.
  func layer(at path: String) throws(CheckpointError) -> StoredLayer? {
    let vars = path == "/" ? "/vars" : "\(path)/vars"
    if format == .shards {
      return map[vars] == nil ? nil : try layer(shardedAt: vars)
    }
    return try converting { () throws(HDF5Error) in
      guard try file.contains(vars) else { return nil }
      return try StoredLayer(path: path, vars: file.group(at: vars))
    }
  }

  /// Reads the variables of a group that is spread over several files.
  func layer(shardedAt vars: String) throws(CheckpointError) -> StoredLayer {
    let path = String(vars.dropLast("/vars".count))
    var name: String?
    var variables: [StoredVariable] = []
    for part in map[vars] ?? [] {
      let found = try converting { () throws(HDF5Error) in
        try StoredLayer(path: path, vars: parts[part].file.group(at: vars), part: part)
      }
      name = name ?? found.name
      variables += found.variables
    }
    guard Set(variables.map(\.name)).count == variables.count else {
      throw .content(
        path: parts[0].path, object: vars, problem: "has a variable that another file has too")
    }
    return StoredLayer(
      path: path, name: name,
      variables: variables.sorted { (Int($0.name) ?? .max) < (Int($1.name) ?? .max) })
  }

  /// Opens the dataset of a variable.
  func dataset(of variable: StoredVariable) throws(HDF5Error) -> Dataset {
    try parts[variable.part].file.dataset(at: variable.path)
  }

  /// Opens the dataset at a path, in the file that contains it.
  func dataset(at path: String) throws(HDF5Error) -> Dataset {
    for part in parts.dropLast() where try part.file.contains(path) {
      return try part.file.dataset(at: path)
    }
    return try parts[parts.count - 1].file.dataset(at: path)
  }
}
