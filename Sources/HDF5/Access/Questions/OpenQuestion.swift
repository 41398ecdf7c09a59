import Sandbox

/// Opens an object, from an open group or from the root.
struct OpenQuestion: Question {
  let path: String
  let origin: Int?

  func answer(_ file: LibraryFile) throws(HDF5Error) -> Opened {
    let (number, object) = try file.open(path, from: origin)
    do throws(HDF5Error) {
      let dataset = object.kind == .dataset ? try DatasetHeader(of: object) : nil
      return Opened(number: number, kind: object.kind, path: object.path, dataset: dataset)
    } catch {
      file.close(number)
      throw error
    }
  }
}

extension OpenQuestion {
  func write(to message: inout MessageWriter) {
    message.write(path)
    message.write(origin) { $0.write($1) }
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    path = try message.readString()
    origin = try message.readOptional { (m) throws(SandboxError) in try m.readSize() }
  }
}

/// An object that was opened.
struct Opened {
  let number: Int
  let kind: ObjectKind
  let path: String
  let dataset: DatasetHeader?
}

extension Opened: Transferable {
  func write(to message: inout MessageWriter) {
    message.write(number)
    message.write(kind.rawValue)
    message.write(path)
    message.write(dataset) { $0.write($1) }
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    number = try message.readSize()
    guard let kind = ObjectKind(rawValue: try message.readInt()) else { throw .malformed }
    self.kind = kind
    path = try message.readString()
    dataset = try message.readOptional { (m) throws(SandboxError) in try m.read() }
  }
}
