import Sandbox

/// All elements of a dataset of strings.
struct StringsQuestion: Question {
  let object: Int
  let elementType: ElementType
  let count: Int
  let isStored: Bool

  func answer(_ file: LibraryFile) throws(HDF5Error) -> [String] {
    try file.object(object).readStrings(elementType, count: count, isStored: isStored)
  }
}

extension StringsQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
    message.write(elementType)
    message.write(count)
    message.write(isStored)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
    elementType = try message.read()
    count = try message.readSize()
    isStored = try message.readBool()
  }
}
