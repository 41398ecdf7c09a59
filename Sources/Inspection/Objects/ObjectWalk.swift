import HDF5

/// A walk over the groups of a file, in finite time and bounded memory for any file.
struct ObjectWalk {
  /// Limits far beyond those of model files.
  private enum Limit {
    static let objects = 65_536
    static let depth = 32
    /// Bytes of paths and attributes, because a small file can repeat large attributes many times.
    static let text = 32 << 20
  }

  private(set) var objects: [ObjectReport] = []
  private(set) var omission: String?
  private let readsAttributes: Bool
  private let names: [String: String]
  private var paths: [UInt64: String] = [:]
  private var textSize = 0

  /// Creates a walk.
  ///
  /// - Parameters:
  ///   - readsAttributes: Whether to read attributes.
  ///   - names: The names of variables by the paths of their datasets.
  init(readsAttributes: Bool = true, names: [String: String] = [:]) {
    self.readsAttributes = readsAttributes
    self.names = names
  }

  /// Forgets the visited objects: another file has addresses of its own.
  mutating func beginFile() { paths = [:] }

  /// Visits a member of a group.
  mutating func visit(
    _ member: Member, of group: borrowing Group, depth: Int = 0
  ) {
    let path = group.path == "/" ? "/\(member.name)" : "\(group.path)/\(member.name)"
    guard objects.count < Limit.objects, textSize < Limit.text else {
      omission =
        objects.count < Limit.objects
        ? "names and attributes of more than \(Limit.text >> 20) MiB are not looked at"
        : "more than \(Limit.objects) objects are not looked at"
      return
    }
    if let address = member.address {
      if let known = paths[address] { return append(path, .sameAs(path: known)) }
      paths[address] = path
    }
    do throws(HDF5Error) {
      switch member.kind {
      case .group: try visit(group.group(at: member.name), depth: depth)
      case .dataset: try visit(group.dataset(at: member.name))
      default: append(path, .other(member.kind))
      }
    } catch {
      append(path, .other(error.cause.kindOfMember))
    }
  }

  /// Visits a group and all objects below it.
  mutating func visit(_ group: borrowing Group, depth: Int = 0) throws(HDF5Error) {
    paths[try group.address] = group.path
    var problem: ObjectReport.Problem?
    let attributes = attributes(&problem) { () throws(HDF5Error) in
      try group.attributeNames
    } value: { name throws(HDF5Error) in
      try group.attribute(name)
    }
    let members: [Member]
    do throws(HDF5Error) {
      members = try group.members
    } catch {
      return append(
        group.path, .other(error.cause.kindOfMember), attributes: attributes, problem: problem)
    }
    let isTooDeep = depth >= Limit.depth && !members.isEmpty
    if isTooDeep { omission = "groups more than \(Limit.depth) deep are not looked into" }
    append(
      group.path, .group(memberCount: members.count), attributes: attributes, problem: problem)
    guard !isTooDeep else { return }
    for member in members {
      visit(member, of: group, depth: depth + 1)
      // The remaining members would exceed the limit in the same way.
      if objects.count >= Limit.objects, omission != nil { return }
    }
  }

  private mutating func visit(_ dataset: borrowing Dataset) throws(HDF5Error) {
    var problem: ObjectReport.Problem?
    let attributes = attributes(&problem) { () throws(HDF5Error) in
      try dataset.attributeNames
    } value: { name throws(HDF5Error) in
      try dataset.attribute(name)
    }
    let hasShape = !dataset.isNull && dataset.layout != .virtual
    append(
      dataset.path,
      .dataset(
        DatasetReport(
          name: names[dataset.path], shape: hasShape ? dataset.shape : nil,
          elementType: "\(dataset.elementType)", layout: dataset.layout,
          filters: dataset.filters, storageSize: dataset.storageSize,
          fileOffset: dataset.fileOffset)), attributes: attributes, problem: problem)
  }

  private mutating func append(
    _ path: String, _ content: ObjectReport.Content,
    attributes: [(name: String, value: AttributeValue)] = [], problem: ObjectReport.Problem? = nil
  ) {
    textSize += path.utf8.count
    objects.append(
      ObjectReport(path: path, content: content, attributes: attributes, problem: problem))
  }

  private mutating func attributes(
    _ problem: inout ObjectReport.Problem?, names: () throws(HDF5Error) -> [String],
    value: (String) throws(HDF5Error) -> AttributeValue?
  ) -> [(name: String, value: AttributeValue)] {
    guard readsAttributes else { return [] }
    var attributes: [(name: String, value: AttributeValue)] = []
    do throws(HDF5Error) {
      for name in try names() {
        guard textSize < Limit.text else {
          omission =
            "names and attributes of more than \(Limit.text >> 20) MiB are not looked at"
          break
        }
        do throws(HDF5Error) {
          guard let value = try value(name) else { continue }
          textSize += name.utf8.count + value.textSize
          attributes.append((name, value))
        } catch {
          attributes.append((name, .other("cannot be read: \(error.cause)")))
          let found = ObjectReport.Problem("its attribute '\(name)' cannot be read", error)
          if problem?.isDamage != true { problem = found }
        }
      }
    } catch {
      problem = ObjectReport.Problem("its attributes cannot be listed", error)
    }
    return attributes
  }
}

extension HDF5Error.Cause {
  /// The reason why an object that may be valid is not read; `nil` if it is damaged.
  var limit: String? {
    switch self {
    case .notAllowed(let reason): reason
    case .mismatch, .tooLarge, .linkNotFollowed: "\(self)"
    default: nil
    }
  }

  /// The kind of a member that cannot be opened.
  fileprivate var kindOfMember: Member.Kind {
    limit.map(Member.Kind.unopened) ?? .unreadable("\(self)")
  }
}

extension AttributeValue {
  /// The approximate size of the value in bytes.
  fileprivate var textSize: Int {
    switch self {
    case .string(let text), .other(let text): text.utf8.count
    case .strings(let texts): texts.reduce(16 * texts.count) { $0 + $1.utf8.count }
    case .ints(let values): 8 * values.count
    case .uints(let values): 8 * values.count
    case .doubles(let values): 8 * values.count
    case .int, .uint, .double, .empty: 8
    }
  }
}
