import HDF5

extension Inspector {
  /// Lists objects with everything that the file says about them, but for the numbers of datasets.
  ///
  /// Links that are not hard links are shown and not followed. An object with several paths is
  /// described at the first and named at the others.
  ///
  /// - Parameter names: Paths, or names of layers and variables, of what is listed with everything
  ///   below; if there are none, all of the file.
  /// - Returns: The objects.
  /// - Throws: ``InspectionError`` if there is nothing of such a name.
  public func objects(_ names: [String] = []) throws(InspectionError) -> ObjectList {
    let roles = Dictionary(variables.map { ($0.path, $0.name) }) { first, _ in first }
    return try walk(ObjectWalk(names: roles), names)
  }

  /// The paths of all datasets, each object once, in some parts of the file or all of it.
  func datasets(below names: [String]) throws(InspectionError) -> [String] {
    try walk(ObjectWalk(readsAttributes: false), names).objects.compactMap { object in
      if case .dataset = object.content { object.path } else { nil }
    }
  }

  /// The paths of all objects.
  func allPaths() throws(InspectionError) -> [String] {
    try walk(ObjectWalk(readsAttributes: false), []).objects.map(\.path)
  }

  private func walk(
    _ start: ObjectWalk, _ names: [String]
  ) throws(InspectionError) -> ObjectList {
    var walk = start
    if names.isEmpty {
      try reading { () throws(HDF5Error) in try walk.visit(file.root) }
    }
    for name in names {
      for path in try paths(named: name) {
        try reading { () throws(HDF5Error) in try visit(path, in: &walk) }
      }
    }
    return ObjectList(objects: walk.objects, omission: walk.omission)
  }

  /// Visits what is at a path, which may be a link that is not followed.
  private func visit(_ path: String, in walk: inout ObjectWalk) throws(HDF5Error) {
    let components = path.split(separator: "/").filter { $0 != "." }
    guard let last = components.last else { return try walk.visit(file.root) }
    let parent = try file.group(at: components.dropLast().joined(separator: "/"))
    guard let member = try parent.members.first(where: { $0.name == last }) else {
      throw HDF5Error(operation: .open, file: file.path, object: path, cause: .objectNotFound)
    }
    walk.visit(member, of: parent)
  }
}
