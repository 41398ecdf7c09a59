public import Files
import Preconditions
internal import CHDF5

extension File {
  /// Creates a new file in memory.
  ///
  /// The file uses the oldest version of the format, which every reader supports. The same calls
  /// create the same bytes.
  ///
  /// - Parameters:
  ///   - image: A file that is no longer needed, whose memory is reused and whose content is lost.
  ///     Memory that was used before causes no page faults; they take three quarters of the time
  ///     for a file of 33 MB.
  ///   - alignment: The alignment in bytes of data that is at least this large; 1 for none.
  ///   - metadataSize: The number of bytes to keep together for all but the elements of datasets,
  ///     at the beginning of the file; `nil` for small blocks everywhere.
  /// - Returns: The writer.
  /// - Throws: ``HDF5Error`` if libhdf5 fails.
  public static func create(
    reusing image: consuming FileImage? = nil, alignment: Int = 1, metadataSize: Int? = nil
  ) throws(HDF5Error) -> FileWriter {
    let buffer = image?.buffer ?? ImageBuffer()
    return try library.withLock(
      try FileWriter(buffer, alignment: alignment, metadataSize: metadataSize))
  }
}

/// A new HDF5 file that is built in memory: add objects to its ``root``, then call ``finish()``.
public struct FileWriter: ~Copyable {
  private let file: ImageFile
  /// The root group.
  public let root: GroupWriter

  fileprivate init(
    _ buffer: ImageBuffer, alignment: Int, metadataSize: Int?
  ) throws(HDF5Error) {
    let file = try ImageFile(buffer, alignment: alignment, metadataSize: metadataSize)
    let attempt = Attempt(operation: .create, file: nil, object: "/")
    let handle = try unsafe Handle(H5Gopen2(file.id, "/", 0), attempt)
    self.file = file
    root = GroupWriter(handle, path: "/", file: file)
  }

  /// Completes the file.
  ///
  /// Groups of the writer cannot be used afterwards: every call on them throws.
  ///
  /// - Returns: The bytes of the file.
  /// - Throws: ``HDF5Error`` if libhdf5 cannot complete it, or has run out of memory before.
  /// - Precondition: No elements are in another file.
  public consuming func finish() throws(HDF5Error) -> FileImage {
    require(file.outlines.isEmpty, "`finish(elementsIn:)` must get the file with the elements.")
    return try library.withLock(FileImage(file.buffer, count: try file.close()))
  }

  /// Completes a file with elements that are in another file.
  ///
  /// - Parameter source: The file that contains the elements of all datasets made by
  ///   ``GroupWriter/outline(_:shape:elementsAt:to:)``.
  /// - Returns: The bytes of the whole file, which are read when they are needed.
  /// - Throws: ``HDF5Error`` if libhdf5 cannot complete it, or has run out of memory before.
  public consuming func finish(
    elementsIn source: any FileSource
  ) throws(HDF5Error) -> any FileSource {
    try library.withLock { () throws(HDF5Error) in
      let size = try file.closeOutline()
      return ElementSource(file.buffer, size: size, file.outlines, in: source)
    }
  }
}
