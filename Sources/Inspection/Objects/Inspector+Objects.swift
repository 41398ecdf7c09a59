import Checkpoints
import HDF5
import ModelFiles

extension Inspector {
  /// Lists objects with all their properties, without the values of datasets.
  ///
  /// Soft and external links are listed, but not followed. An object with several paths is
  /// described at the first path, and listed as a hard link at the others.
  ///
  /// - Parameter names: The objects to list, including all objects below them, as paths or as names
  ///   of layers or variables; if empty, the whole file.
  /// - Returns: The objects.
  /// - Throws: ``InspectionError`` if the file contains no object of a name.
  public func objects(_ names: [String] = []) throws(InspectionError) -> ObjectList {
    if names.isEmpty, let all = listed.all { return all }
    let roles = Dictionary(variables.map { ($0.path, $0.name) }) { first, _ in first }
    let list = try walk(ObjectWalk(names: roles), names)
    if names.isEmpty { listed.all = list }
    return list
  }

  /// Lists all objects without their attributes.
  ///
  /// - Returns: The objects.
  /// - Throws: ``InspectionError`` if the root group cannot be read.
  public func tree() throws(InspectionError) -> ObjectList {
    try walk(ObjectWalk(readsAttributes: false), [])
  }

  /// Returns the paths of all datasets below some objects or in the whole file, each dataset once,
  /// and the objects that cannot be opened.
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
    // Groups that exist in several shards are listed for each of them.
    for part in checkpoint.parts where names.isEmpty {
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

  /// Visits the object at a path, which may be a link that is not followed.
  private func visit(_ path: String, in walk: inout ObjectWalk) throws(HDF5Error) {
    let components = path.split(separator: "/").filter { $0 != "." }
    let parts = checkpoint.parts
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
      throw HDF5Error(
        operation: .open, file: parts[0].file.path, object: path, cause: .objectNotFound)
    }
  }
}

/// All objects of a file, so that several parts of a report need one walk over it.
final class ListedObjects {
  /// The objects; `nil` before the first walk.
  var all: ObjectList?
}
