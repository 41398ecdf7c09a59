import Sandbox

/// The address of an object, and the number of hard links to it.
struct IdentityQuestion: Question {
  let object: Int

  func answer(_ file: LibraryFile) throws(HDF5Error) -> Identity {
    let (address, linkCount) = try file.object(object).identity()
    return Identity(address: address, linkCount: linkCount)
  }
}

extension IdentityQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
  }
}

/// The address of an object, and the number of hard links to it.
struct Identity {
  let address: UInt64
  let linkCount: Int
}

extension Identity: Transferable {
  func write(to message: inout MessageWriter) {
    message.write(address)
    message.write(linkCount)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    address = try message.read(UInt64.self)
    linkCount = try message.readSize()
  }
}
