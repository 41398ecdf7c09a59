import Sandbox

/// The value of an attribute of an object.
struct AttributeQuestion: Question {
  let object: Int
  let name: String

  func answer(_ file: LibraryFile) throws(HDF5Error) -> FoundAttribute {
    FoundAttribute(value: try file.object(object).attribute(name))
  }
}

extension AttributeQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
    message.write(name)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
    name = try message.readString()
  }
}

/// The value of an attribute, if there is one.
struct FoundAttribute {
  let value: AttributeValue?
}

extension FoundAttribute: Transferable {
  func write(to message: inout MessageWriter) { message.write(value) { $0.write($1) } }

  init(from message: inout MessageReader) throws(SandboxError) {
    value = try message.readOptional { (m) throws(SandboxError) in try m.read() }
  }
}
