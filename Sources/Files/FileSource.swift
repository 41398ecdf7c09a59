/// The source of the bytes of a file that is open for reading.
///
/// An implementation can verify the bytes, and throw if they do not match a seal, for example.
public protocol FileSource: AnyObject, Sendable {
  /// The number of bytes, which is constant.
  var size: Int { get }

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Parameters:
  ///   - buffer: The memory to fill completely.
  ///   - offset: The position of the first byte, in `0...size - buffer.count`.
  /// - Throws: ``FileError`` if the bytes cannot be read or must not be used.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError)
}

extension FileSource {
  /// The first 512 bytes, from which the format of the file is recognized.
  public var head: [UInt8] {
    get throws(FileError) { try bytes(512, at: 0) }
  }

  /// Reads up to `count` bytes from `offset` on; fewer at the end of the file.
  ///
  /// - Parameters:
  ///   - count: The number of bytes.
  ///   - offset: The position of the first byte.
  /// - Returns: The bytes.
  /// - Throws: ``FileError`` if the bytes cannot be read or must not be used.
  public func bytes(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    try unsafe [UInt8](count: max(0, min(count, size - offset))) { buffer throws(FileError) in
      try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }
}
