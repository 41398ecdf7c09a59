/// A complete HDF5 file in memory, ready to be written to disk.
public struct FileImage: ~Copyable, Sendable {
  /// The number of bytes: exactly the file's end-of-file address.
  public let count: Int

  let buffer: ImageBuffer

  init(_ buffer: ImageBuffer, count: Int) {
    self.buffer = buffer
    self.count = count
  }

  /// Takes over the bytes of a file that come block by block.
  ///
  /// - Parameter fill: Is called once, with a function that takes a block and returns whether there
  ///   was memory for it.
  /// - Throws: What `fill` throws.
  public init<Failure: Error>(
    filling fill: ((_ block: UnsafeRawBufferPointer) -> Bool) throws(Failure) -> Void
  ) throws(Failure) {
    let buffer = ImageBuffer()
    var count = 0
    try fill { block in
      guard let start = buffer.resize(to: count + block.count) else { return block.isEmpty }
      (start + count).copyMemory(
        from: block.baseAddress ?? UnsafeRawPointer(start), byteCount: block.count)
      count += block.count
      return true
    }
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

  /// Calls `body` with the bytes of the file, to change them.
  ///
  /// - Parameter body: What to do with the bytes, which are valid only while it runs.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(mutating: buffer.bytes(count)))
  }
}
