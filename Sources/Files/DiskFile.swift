/// A regular file on the disk, open for reading.
///
/// It is opened once and read only through that descriptor. If the path is replaced meanwhile, the
/// old file is still read.
public final class DiskFile: FileSource {
  /// The size when the file was opened, in bytes.
  public var size: Int { file.size }

  /// The identity of the file, which is the same for all its names.
  public var identity: Identity { Identity(file: file.identity) }

  /// The file descriptor, which is open as long as the object exists.
  public var descriptor: Int32 { file.descriptor }

  private let file: RegularFile

  /// The identity of a file.
  public struct Identity: Hashable, Sendable {
    fileprivate let file: RegularFile.Identity
  }

  /// Opens the file at a path.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``FileError/notFound(_:)`` or ``FileError/unreadable(_:)``.
  public init(_ path: String) throws(FileError) { file = try RegularFile(path) }

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Throws: ``FileError/unreadable(_:)`` if the system cannot read them, or
  ///   ``FileError/truncated(bytes:expected:)`` if the file has become shorter since it was opened.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    let count = try unsafe file.read(into: buffer, at: offset)
    guard count == buffer.count else { throw .truncated(bytes: offset + count, expected: size) }
  }
}
