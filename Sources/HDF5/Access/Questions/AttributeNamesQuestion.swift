import Sandbox

/// The names of the attributes of an object.
struct AttributeNamesQuestion: Question {
  let object: Int

  func answer(_ file: LibraryFile) throws(HDF5Error) -> [String] {
    try file.object(object).attributeNames()
  }
}

extension AttributeNamesQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
  }
}
