import Checkpoints
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

  /// Lists all objects without their attributes, as a tree shows them.
  ///
  /// - Returns: The objects.
  /// - Throws: ``InspectionError`` if not even the root can be read.
  public func tree() throws(InspectionError) -> ObjectList {
    try walk(ObjectWalk(readsAttributes: false), [])
  }

  /// The paths of all datasets, each object once, in some parts of the file or all of it, and what cannot be
  /// opened.
  func datasets(
    below names: [String]
  ) throws(InspectionError) -> (
    paths: [String], others: [(path: String, reason: String)], omission: String?
  ) {
    let list = try walk(ObjectWalk(readsAttributes: false), names)
    var paths: [String] = []
    var others: [(path: String, reason: String)] = []
    for object in list.objects {
      switch object.content {
      case .dataset: paths.append(object.path)
      case .other(.unopened(let reason)), .other(.unreadable(let reason)):
        others.append((object.path, reason))
      default: break
      }
    }
    return (paths, others, list.omission)
  }

  /// The paths of all objects.
  func allPaths() throws(InspectionError) -> [String] {
    try walk(ObjectWalk(readsAttributes: false), []).objects.map(\.path)
  }

  private func walk(
    _ start: ObjectWalk, _ names: [String]
  ) throws(InspectionError) -> ObjectList {
    var walk = start
    // What several files share is listed file after file.
    for part in checkpoint.container.parts where names.isEmpty {
      try reading { () throws(HDF5Error) in try walk.visit(part.file.root) }
      walk.beginFile()
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
    let parts = checkpoint.container.parts
    guard let last = components.last else {
      for part in parts {
        try walk.visit(part.file.root)
        if parts.count > 1 { walk.beginFile() }
      }
      return
    }
    let folder = components.dropLast().joined(separator: "/")
    var isFound = false
    for part in parts {
      if parts.count > 1, try !part.file.contains(folder) { continue }
      let parent = try part.file.group(at: folder)
      guard let member = try parent.members.first(where: { $0.name == last }) else { continue }
      walk.visit(member, of: parent)
      if parts.count > 1 { walk.beginFile() }
      isFound = true
    }
    guard isFound else {
      throw HDF5Error(operation: .open, file: file.path, object: path, cause: .objectNotFound)
    }
  }
}
