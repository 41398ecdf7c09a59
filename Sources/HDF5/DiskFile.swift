internal import Files

/// A regular file on the disk, open for reading.
///
/// It is opened once and read through that descriptor alone: a file that is replaced meanwhile is
/// read to its end as it was, and whatever is found out about it holds for what is read.
public final class DiskFile: FileSource {
  /// The size when it was opened, in bytes.
  public var size: Int { file.size }

  /// The identity of the file, whatever its names.
  public var identity: Identity { Identity(file: file.identity) }

  /// The descriptor, which is open for as long as the object lives.
  public var descriptor: Int32 { file.descriptor }

  private let file: RegularFile

  /// The identity of a file.
  public struct Identity: Hashable, Sendable {
    fileprivate let file: RegularFile.Identity
  }

  /// Opens the file at a path.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``HDF5Error/Cause/fileNotFound(_:)`` or ``HDF5Error/Cause/fileUnreadable(_:)``.
  public init(_ path: String) throws(HDF5Error.Cause) {
    do throws(FileError) { file = try RegularFile(path) } catch { throw HDF5Error.Cause(error) }
  }

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Throws: ``HDF5Error/Cause/fileUnreadable(_:)`` if the system cannot read them, or
  ///   ``HDF5Error/Cause/truncated(bytes:expected:)`` if the file was cut off since it was opened.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(HDF5Error.Cause) {
    let count: Int
    do throws(FileError) { count = try file.read(into: buffer, at: offset) } catch {
      throw HDF5Error.Cause(error)
    }
    guard count == buffer.count else { throw .truncated(bytes: offset + count, expected: size) }
  }
}

extension HDF5Error.Cause {
  fileprivate init(_ error: FileError) {
    switch error {
    case .notFound(let reason): self = .fileNotFound(reason)
    case .unreadable(let reason): self = .fileUnreadable(reason)
    }
  }
}
