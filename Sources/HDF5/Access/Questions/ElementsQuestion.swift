import Sandbox

/// Elements of a dataset; the answer is their number of bytes.
struct ElementsQuestion: Question {
  let object: Int
  let kind: ElementKind
  /// The slice of each dimension; `nil` for the whole dataset.
  let slices: [Slice]?
  let count: Int

  /// Fills a buffer with the elements.
  func read(
    _ file: LibraryFile, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    try unsafe file.object(object).readElements(kind, slices, count: count, into: buffer)
  }

  /// They are read by ``read(_:into:)``.
  func answer(_ file: LibraryFile) throws(HDF5Error) -> [String] { [] }
}

extension ElementsQuestion {
  func write(to message: inout MessageWriter) {
    message.write(object)
    message.write(kind.rawValue)
    message.write(slices) { message, slices in
      message.write(slices) { message, slice in
        message.write(slice.start)
        message.write(slice.count)
        message.write(slice.stride)
      }
    }
    message.write(count)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    object = try message.readSize()
    guard let kind = ElementKind(rawValue: try message.readInt()) else { throw .malformed }
    self.kind = kind
    slices = try message.readOptional { (message) throws(SandboxError) in
      try message.readList { (message) throws(SandboxError) in
        Slice(
          start: try message.readSize(), count: try message.readSize(),
          stride: try message.readSize())
      }
    }
    count = try message.readSize()
  }
}
