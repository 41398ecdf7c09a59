/// An object of an open file: a group, a dataset or a named datatype.
public struct OpenObject: ~Copyable, Sendable {
  /// The number by which its reader knows it.
  let number: Int
  /// The kind of the object.
  let kind: ObjectKind
  /// The description of a dataset.
  let dataset: DatasetHeader?
  /// The path that the object was opened with, from the root group.
  let path: String
  /// The file that contains the object.
  let file: OpenFile

  /// The place of the object in the outline of the file; `nil` if it is not there.
  private let place: Int?

  private init(_ answer: Opened, place: Int? = nil, file: OpenFile) {
    (number, kind, dataset) = (answer.number, answer.kind, answer.dataset)
    (path, self.place, self.file) = (answer.path, place, file)
  }

  /// Opens the root group of a file.
  init(rootOf file: OpenFile) throws(HDF5Error) {
    if let root = file.access.outline?.root {
      self.init(root.opened, place: 0, file: file)
    } else {
      self.init(try file.access.ask(OpenQuestion(path: "/", origin: nil)), file: file)
    }
  }

  deinit { if place == nil { file.access.close(number) } }

  /// Opens the object at a path from this one, through hard links only.
  func open(_ path: String) throws(HDF5Error) -> OpenObject {
    if let place, let outline = file.access.outline {
      search: while true {
        switch outline.find(path, from: place) {
        case .entry(let found):
          return OpenObject(outline[found].opened, place: found, file: file)
        case .missing(let path):
          throw Attempt(operation: .open, file: file.path, object: path).failure(.objectNotFound)
        case .unknown(let group, let name):
          guard let request = outline.request(for: name, in: group) else { break search }
          outline.add(try ask(request.question), to: request)
        }
      }
    }
    return OpenObject(try ask(OpenQuestion(path: path, origin: number)), file: file)
  }

  /// What the outline of the file says of the object.
  private var entry: Outline.Entry? {
    guard let place else { return nil }
    return file.access.outline?[place]
  }

  /// The links in this group; see ``Group/members``.
  func members() throws(HDF5Error) -> [Member] {
    if let members = entry?.members { return members }
    return try ask(MembersQuestion(object: number))
  }

  /// The address of the object and the number of hard links to it.
  func identity() throws(HDF5Error) -> Identity {
    if let identity = entry?.identity { return identity }
    return try ask(IdentityQuestion(object: number))
  }

  /// The names of the attributes.
  func attributeNames() throws(HDF5Error) -> [String] {
    if let names = entry?.attributeNames { return names }
    return try ask(AttributeNamesQuestion(object: number))
  }

  /// The value of an attribute; `nil` if there is none.
  func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    if let entry, let attribute = entry.attribute(name) { return attribute }
    return try ask(AttributeQuestion(object: number, name: name)).value
  }

  /// Begins an operation on the object.
  func attempt(_ operation: HDF5Error.Operation) -> Attempt {
    Attempt(operation: operation, file: file.path, object: path)
  }

  /// Asks the reader of the file.
  func ask<Q: Question>(_ question: Q) throws(HDF5Error) -> Q.Answer {
    try file.access.ask(question)
  }

  /// Lets the reader of the file fill a buffer with elements.
  func read(
    _ elements: ElementsQuestion, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    try unsafe file.access.read(elements, into: buffer)
  }
}
