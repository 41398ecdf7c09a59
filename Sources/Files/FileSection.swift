/// A section of a file that is itself a file, such as an uncompressed member of an archive.
public final class FileSection: FileSource {
  /// The number of bytes of the section.
  public var size: Int { range.count }

  private let source: any FileSource
  private let range: Range<Int>

  /// Creates a section of a file.
  ///
  /// - Parameters:
  ///   - range: The bytes of the section.
  ///   - source: The file.
  /// - Throws: ``FileError/truncated(bytes:expected:)`` if the file ends before the section.
  public init(_ range: Range<Int>, of source: any FileSource) throws(FileError) {
    guard range.lowerBound >= 0, range.upperBound <= source.size else {
      throw .truncated(bytes: source.size, expected: range.upperBound)
    }
    self.range = range
    self.source = source
  }

  /// Fills a buffer with the bytes from `offset`.
  ///
  /// - Throws: The error of the file.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    try unsafe source.read(into: buffer, at: range.lowerBound + offset)
  }
}
