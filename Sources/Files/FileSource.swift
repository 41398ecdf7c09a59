/// The bytes of a file that is open for reading.
///
/// Whoever implements it decides which bytes are read from where, and may refuse them, for example
/// because they do not match a seal.
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
    var bytes = [UInt8](repeating: 0, count: max(0, min(count, size - offset)))
    var failure: FileError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(FileError) { try read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
