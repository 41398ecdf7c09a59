/// A complete HDF5 file in memory, ready to be written to disk.
public struct FileImage: ~Copyable, Sendable {
  /// The number of bytes: exactly the file's end-of-file address.
  public let count: Int

  let buffer: ImageBuffer

  init(_ buffer: ImageBuffer, count: Int) {
    self.buffer = buffer
    self.count = count
  }

  /// Calls `body` with the bytes of the file.
  ///
  /// - Parameter body: What to do with the bytes, which are valid only while it runs.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(buffer.bytes(count))
  }
}
