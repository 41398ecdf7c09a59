import Sandbox

/// Where the chunks of a dataset are.
struct PlacesQuestion: Question {
  let object: Int
  let rank: Int

  func answer(_ file: LibraryFile) throws(HDF5Error) -> [Range<Int>] {
    try file.object(object).places(rank: rank)
  }
}

extension PlacesQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
    message.write(rank)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
    rank = try message.readSize()
  }
}
