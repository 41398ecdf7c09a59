import HDF5
public import JSON

extension ObjectList {
  /// The objects as members of a JSON object.
  public var json: [(key: String, value: JSONDocument)] {
    [
      ("objects", .array(objects.map(\.json))),
      ("objects_omitted", .string(omission)),
    ]
  }
}

extension ObjectReport {
  fileprivate var json: JSONDocument {
    var members: [(key: String, value: JSONDocument)] = [("path", .string(path))]
    switch content {
    case .group(let count):
      members += [("kind", .string("group")), ("members", .integer(count))]
    case .dataset(let dataset):
      members += [("kind", .string("dataset"))] + dataset.json
    case .sameAs(let path):
      members += [("kind", .string("hard-link")), ("same_as", .string(path))]
    case .other(.softLink(let target)):
      members += [("kind", .string("soft-link")), ("target", .string(target))]
    case .other(.externalLink(let file, let target)):
      members += [
        ("kind", .string("external-link")), ("file", .string(file)), ("target", .string(target)),
      ]
    case .other(.namedDatatype): members.append(("kind", .string("named-datatype")))
    case .other(.unreadable(let reason)):
      members += [("kind", .string("unreadable")), ("reason", .string(reason))]
    case .other(.unopened(let reason)):
      members += [("kind", .string("not-opened")), ("reason", .string(reason))]
    case .other: members.append(("kind", .string("user-defined-link")))
    }
    if !attributes.isEmpty {
      members.append(("attributes", .object(attributes.map { ($0.name, JSONDocument($0.value)) })))
    }
    if let problem { members.append(("problem", .string(problem.reason))) }
    return .object(members)
  }
}

extension DatasetReport {
  fileprivate var json: [(key: String, value: JSONDocument)] {
    var members: [(key: String, value: JSONDocument)] = [
      ("name", .string(name)), ("shape", .shape(shape)), ("dtype", .string(elementType)),
    ]
    switch layout {
    case .chunked(let chunk):
      members += [("layout", .string("chunked")), ("chunk", .shape(chunk))]
    default: members.append(("layout", .string("\(layout)")))
    }
    let filters = filters.map { filter in
      JSONDocument.object([
        ("id", .integer(filter.identifier)), ("name", .string(filter.name)),
        ("parameters", .shape(filter.parameters)),
      ])
    }
    return members + [
      ("filters", .array(filters)), ("storage_bytes", .integer(storageSize)),
      ("file_offset", .integer(fileOffset)),
    ]
  }
}

extension JSONDocument {
  /// Converts the value of an attribute.
  init(_ value: AttributeValue) {
    self =
      switch value {
      case .string(let text): .string(text)
      case .strings(let texts): .array(texts.map(JSONDocument.string))
      case .int(let number): .integer(number)
      case .ints(let numbers): .array(numbers.map(JSONDocument.integer))
      case .uint(let number): .unsigned(number)
      case .uints(let numbers): .array(numbers.map(JSONDocument.unsigned))
      case .double(let number): .number(number)
      case .doubles(let numbers): .array(numbers.map(JSONDocument.number))
      case .empty: .array([])
      case .other(let words): .object([("not_shown", .string(words))])
      }
  }
}
