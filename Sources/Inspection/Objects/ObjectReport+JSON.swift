import HDF5
public import JSON

extension ObjectList {
  /// The objects as members of a JSON object.
  public var json: JSON.Object {
    [
      "objects": .array(objects.map(\.json)),
      "objects_omitted": .string(omission),
    ]
  }
}

extension ObjectReport {
  fileprivate var json: JSON {
    var members: JSON.Object = ["path": .string(path)]
    switch content {
    case .group(let count):
      members.merge(["kind": .string("group"), "members": .integer(count)]) { $1 }
    case .dataset(let dataset):
      members["kind"] = .string("dataset")
      members.merge(dataset.json) { $1 }
    case .sameAs(let path):
      members.merge(["kind": .string("hard-link"), "same_as": .string(path)]) { $1 }
    case .other(.softLink(let target)):
      members.merge(["kind": .string("soft-link"), "target": .string(target)]) { $1 }
    case .other(.externalLink(let file, let target)):
      members.merge([
        "kind": .string("external-link"), "file": .string(file), "target": .string(target),
      ]) { $1 }
    case .other(.namedDatatype): members["kind"] = .string("named-datatype")
    case .other(.unreadable(let reason)):
      members.merge(["kind": .string("unreadable"), "reason": .string(reason)]) { $1 }
    case .other(.unopened(let reason)):
      members.merge(["kind": .string("not-opened"), "reason": .string(reason)]) { $1 }
    case .other: members["kind"] = .string("user-defined-link")
    }
    if !attributes.isEmpty {
      members["attributes"] = .object(JSON.Object(attributes.map { ($0.name, JSON($0.value)) }))
    }
    if let problem { members["problem"] = .string(problem.reason) }
    return .object(members)
  }
}

extension DatasetReport {
  fileprivate var json: JSON.Object {
    var members: JSON.Object = [
      "name": .string(name), "shape": .shape(shape), "dtype": .string(elementType),
    ]
    switch layout {
    case .chunked(let chunk):
      members.merge(["layout": .string("chunked"), "chunk": .shape(chunk)]) { $1 }
    default: members["layout"] = .string("\(layout)")
    }
    let filters = filters.map { filter in
      JSON.object([
        "id": .integer(filter.identifier), "name": .string(filter.name),
        "parameters": .shape(filter.parameters),
      ])
    }
    return members.merging([
      "filters": .array(filters), "storage_bytes": .integer(storageSize),
      "file_offset": .integer(fileOffset),
    ]) { $1 }
  }
}

extension JSON {
  /// Converts the value of an attribute.
  init(_ value: AttributeValue) {
    self =
      switch value {
      case .string(let text): .string(text)
      case .strings(let texts): .array(texts.map(JSON.string))
      case .int(let number): .integer(number)
      case .ints(let numbers): .array(numbers.map(JSON.integer))
      case .uint(let number): .integer(number)
      case .uints(let numbers): .array(numbers.map(JSON.integer))
      case .double(let number): .number(number)
      case .doubles(let numbers): .array(numbers.map(JSON.number))
      case .empty: .array([])
      case .other(let words): .object(["not_shown": .string(words)])
      }
  }
}
