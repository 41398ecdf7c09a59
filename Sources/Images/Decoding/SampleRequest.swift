import Sandbox

/// A picture that a sandboxed process is asked to decode.
struct SampleRequest: Transferable {
  let task: DecodingTask
  /// The number of bytes of the file.
  let count: Int
  /// The file; empty if it is sent in parts.
  let bytes: [UInt8]

  /// The size of a file that is sent with its task.
  static let inlineByteCount = 256 << 10

  init(_ picture: EncodedPicture) {
    task = picture.task
    let pieces = picture.pieces
    count = pieces.count
    bytes = count <= Self.inlineByteCount ? pieces.joined : []
  }

  func write(to message: inout MessageWriter) {
    message.write(task)
    message.write(count)
    message.write(bytes)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    task = try message.read()
    count = try message.readSize()
    bytes = try message.readBytes()
  }

  /// The place of the samples of the next picture, after those of one that end at a place.
  static func start(after end: Int) -> Int { (end + 7) & ~7 }
}

/// Decodes pictures in a sandboxed process.
let decodePictures: SandboxedProgram.Creator = {
  let library = LibraryDecoder()
  return unsafe SandboxedProgram { request, channel in
    var message = MessageReader(request)
    guard
      let requests: [SampleRequest] = try? message.readList({ (m) throws(SandboxError) in
        try m.read()
      })
    else { return ([], 0) }
    var answer = MessageWriter()
    var end = 0
    for request in requests {
      let start = SampleRequest.start(after: end)
      end = start + request.task.byteCount
      guard unsafe end <= channel.elements.count else { return ([], 0) }
      let buffer = unsafe UnsafeMutableRawBufferPointer(rebasing: channel.elements[start..<end])
      let failure =
        request.bytes.isEmpty
        ? unsafe library.decode(request.task, from: channel.parts(of: request.count), into: buffer)
        : unsafe decode(request, library, into: buffer)
      answer.write(failure) { $0.write($1) }
    }
    return (answer.bytes, end)
  }.retained
}

/// Decodes a file that came with its task.
private func decode(
  _ request: SampleRequest, _ library: LibraryDecoder, into buffer: UnsafeMutableRawBufferPointer
) -> String? {
  unsafe request.bytes.withUnsafeBytes { bytes in
    var rest: UnsafeRawBufferPointer? = unsafe bytes
    return unsafe library.decode(
      request.task,
      from: {
        defer { unsafe rest = nil }
        return unsafe rest
      }, into: buffer)
  }
}
