/// A regular file on the disk, open for reading.
///
/// It is opened once and read only through this descriptor. So if the path is replaced meanwhile,
/// the old file is read to its end, and everything found out about it holds for what is read.
public final class DiskFile: FileSource {
  /// The size when the file was opened, in bytes.
  public var size: Int { file.size }

  /// The identity of the file, whatever its names.
  public var identity: Identity { Identity(file: file.identity) }

  /// The descriptor, which is open for the lifetime of the object.
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
    let count = try file.read(into: buffer, at: offset)
    guard count == buffer.count else { throw .truncated(bytes: offset + count, expected: size) }
  }
}
