import Sandbox

/// The links in a group.
struct MembersQuestion: Question {
  let object: Int

  func answer(_ file: LibraryFile) throws(HDF5Error) -> [Member] {
    try file.object(object).members()
  }
}

extension MembersQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
  }
}
