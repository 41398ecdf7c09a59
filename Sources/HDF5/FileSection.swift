/// A part of a file that is a file itself, such as a stored member of an archive.
public final class FileSection: FileSource {
  /// The number of its bytes.
  public var size: Int { range.count }

  private let source: any FileSource
  private let range: Range<Int>

  /// Takes a part of a file.
  ///
  /// - Parameters:
  ///   - range: The bytes of the part.
  ///   - source: The file.
  /// - Throws: ``HDF5Error/Cause/truncated(bytes:expected:)`` if the file ends before.
  public init(_ range: Range<Int>, of source: any FileSource) throws(HDF5Error.Cause) {
    guard range.lowerBound >= 0, range.upperBound <= source.size else {
      throw .truncated(bytes: source.size, expected: range.upperBound)
    }
    self.range = range
    self.source = source
  }

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Throws: What the file throws.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(HDF5Error.Cause) {
    try source.read(into: buffer, at: range.lowerBound + offset)
  }
}
