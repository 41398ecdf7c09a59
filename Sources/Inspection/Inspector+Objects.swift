import Checkpoints
import HDF5

/// Limits that no file of weights comes near, and that keep a hostile one from filling memory.
private enum Limit {
  static let objects = 100_000
  static let depth = 32
}

extension Inspector {
  /// Lists every object of the file, or of a part of it.
  ///
  /// Soft and external links are shown and not followed. An object that has several names is
  /// described once, and its other names say where.
  ///
  /// - Parameter start: The path of a group or dataset; by default the root.
  /// - Returns: The objects, a group before its members, members in the order of their names.
  /// - Throws: ``InspectionError`` if there is no such object, or there are too many.
  public func objects(below start: String = "/") throws(InspectionError) -> [ObjectReport] {
    try reading { () throws(CheckpointError) in
      try Checkpoints.reading { () throws(HDF5Error) in
        var walk = Walk()
        if start == "/" {
          try walk.visit(checkpoint.file.root, at: "/", depth: 0)
        } else if let group = try? checkpoint.file.group(at: start) {
          try walk.visit(group, at: absolute(start), depth: 0)
        } else {
          try walk.visit(checkpoint.file.dataset(at: start), at: absolute(start))
        }
        return walk.objects
      }
    }
  }

  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "/\(path)" }
}

/// A walk through the groups of a file.
private struct Walk {
  var objects: [ObjectReport] = []
  private var paths: [UInt64: String] = [:]

  mutating func visit(
    _ group: borrowing Group, at path: String, depth: Int
  ) throws(HDF5Error) {
    paths[try group.address] = path
    let (attributes, problem) = attributes(
      try group.attributeNames
    ) { name throws(HDF5Error) in try group.attribute(name) }
    append(path, .group, attributes: attributes, problem: problem)
    guard depth < Limit.depth else {
      objects[objects.count - 1] = ObjectReport(
        path: path, kind: .group, sameAs: nil, dataset: nil, attributes: attributes,
        problem: "its members lie deeper than \(Limit.depth) groups and are not shown")
      return
    }
    for member in try group.members where objects.count < Limit.objects {
      let child = path == "/" ? "/\(member.name)" : "\(path)/\(member.name)"
      if let address = member.address, let known = paths[address] {
        append(child, member.kind, sameAs: known)
        continue
      }
      do throws(HDF5Error) {
        switch member.kind {
        case .group: try visit(group.group(at: member.name), at: child, depth: depth + 1)
        case .dataset: try visit(group.dataset(at: member.name), at: child)
        default: append(child, member.kind)
        }
      } catch {
        append(child, member.kind, problem: "\(error.cause)")
      }
    }
  }

  mutating func visit(_ dataset: borrowing Dataset, at path: String) throws(HDF5Error) {
    paths[try dataset.address] = path
    let (attributes, problem) = attributes(
      try dataset.attributeNames
    ) { name throws(HDF5Error) in try dataset.attribute(name) }
    let report = DatasetReport(
      shape: dataset.shape, elementType: dataset.elementType, layout: dataset.layout,
      filters: dataset.filters, storageSize: dataset.storageSize, fileOffset: dataset.fileOffset)
    append(path, .dataset, dataset: report, attributes: attributes, problem: problem)
  }

  private func attributes(
    _ names: [String], _ read: (String) throws(HDF5Error) -> AttributeValue?
  ) -> (values: [(name: String, value: AttributeValue)], problem: String?) {
    var problem: String?
    var values: [(name: String, value: AttributeValue)] = []
    for name in names {
      do throws(HDF5Error) {
        if let value = try read(name) { values.append((name, value)) }
      } catch {
        problem = "the attribute '\(name)': \(error.cause)"
      }
    }
    return (values, problem)
  }

  private mutating func append(
    _ path: String, _ kind: Member.Kind, sameAs: String? = nil, dataset: DatasetReport? = nil,
    attributes: [(name: String, value: AttributeValue)] = [], problem: String? = nil
  ) {
    objects.append(
      ObjectReport(
        path: path, kind: kind, sameAs: sameAs, dataset: dataset, attributes: attributes,
        problem: problem))
  }
}
