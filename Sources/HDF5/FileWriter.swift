internal import CHDF5

extension File {
  /// Begins a new file in memory.
  ///
  /// The file is in the oldest form of the format, which every reader knows, and the same calls make
  /// the same bytes.
  ///
  /// - Parameters:
  ///   - image: A file that is no longer needed, whose memory is used, and whose content is lost. Memory that has
  ///     been used before costs no page faults: for a file of 33 MB three quarters of the time.
  ///   - alignment: Data of at least so many bytes begins at a multiple of as many; by default anywhere.
  /// - Returns: The writer.
  /// - Throws: ``HDF5Error`` if libhdf5 refuses.
  public static func create(
    reusing image: consuming FileImage? = nil, alignment: Int = 1
  ) throws(HDF5Error) -> FileWriter {
    try FileWriter(image?.buffer ?? ImageBuffer(), alignment: alignment)
  }
}

/// A new HDF5 file, built in memory: fill its ``root``, then ``finish()`` it.
public struct FileWriter: ~Copyable {
  private let file: ImageFile
  /// The root group.
  public let root: GroupWriter

  init(_ buffer: ImageBuffer, alignment: Int) throws(HDF5Error) {
    library.lock()
    defer { library.unlock() }
    let file = try ImageFile(buffer, alignment: alignment)
    let attempt = Attempt(operation: .create, file: nil, object: "/")
    let handle = try Handle(H5Gopen2(file.id, "/", 0), attempt)
    self.file = file
    root = GroupWriter(handle, path: "/", file: file)
  }

  /// Completes the file.
  ///
  /// Groups taken from the writer before are of no use afterwards: every call on them throws.
  ///
  /// - Returns: The bytes of the file.
  /// - Throws: ``HDF5Error`` if libhdf5 cannot complete it, or ran out of memory before.
  public consuming func finish() throws(HDF5Error) -> FileImage {
    library.lock()
    defer { library.unlock() }
    return FileImage(file.buffer, count: try file.close())
  }
}
