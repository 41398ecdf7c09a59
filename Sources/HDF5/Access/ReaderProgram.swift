import Sandbox

/// Reads one HDF5 file in a sandboxed process: it opens it, and answers questions.
let readHDF5: SandboxedProgram.Creator = {
  var file: LibraryFile?
  return unsafe SandboxedProgram { request, channel in
    var message = MessageReader(request)
    guard let file else { return (open(&message, channel, into: &file), 0) }
    return unsafe (try? answer(&message, file, channel.elements)) ?? ([], 0)
  }.retained
}

/// The first request: the size of the file, its name and the limits of memory.
struct FirstRequest {
  let size: Int
  let path: String
  let limits: Limits
}

extension FirstRequest: Transferable {
  func write(to message: inout MessageWriter) {
    message.write(size)
    message.write(path)
    message.write(limits.bytesPerRead)
    message.write(limits.membersPerGroup)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    size = try message.readSize()
    path = try message.readString()
    limits = Limits(
      bytesPerRead: try message.readSize(), membersPerGroup: try message.readSize())
  }
}

/// Opens the file; the answer is its outline.
private func open(
  _ message: inout MessageReader, _ channel: SandboxChannel, into file: inout LibraryFile?
) -> [UInt8] {
  guard let request = try? FirstRequest(from: &message) else { return [] }
  return answer { () throws(HDF5Error) in
    let new = try LibraryFile(
      ChannelSource(size: request.size, channel), named: request.path, limits: request.limits)
    file = new
    return try new.outline()
  }
}

/// Answers a question, after closing objects.
private func answer(
  _ message: inout MessageReader, _ file: LibraryFile, _ elements: UnsafeMutableRawBufferPointer
) throws(SandboxError) -> (answer: [UInt8], elementBytes: Int) {
  for number in try message.readList({ (m) throws(SandboxError) in try m.readSize() }) {
    file.close(number)
  }
  let number = try message.readSize()
  guard number < allQuestions.count else { throw .malformed }
  let question = try allQuestions[number].init(from: &message)
  guard let question = question as? ElementsQuestion else {
    return (answer { () throws(HDF5Error) in try question.answer(file) }, 0)
  }
  let size = try message.readSize()
  guard size <= elements.count else { throw .malformed }
  let bytes = answer { () throws(HDF5Error) in
    try unsafe question.read(
      file, into: UnsafeMutableRawBufferPointer(rebasing: elements[..<size]))
    return [String]()
  }
  return (bytes, size)
}

/// The bytes of an answer, or of an error.
private func answer(
  _ body: () throws(HDF5Error) -> any Transferable
) -> [UInt8] {
  var message = MessageWriter()
  do throws(HDF5Error) {
    let answer = try body()
    message.write(true)
    answer.write(to: &message)
  } catch {
    message = MessageWriter()
    message.write(false)
    message.write(error)
  }
  return message.bytes
}
