/// A complete HDF5 file in memory.
public struct FileImage: ~Copyable, Sendable {
  /// The number of bytes, which is the end-of-file address of the superblock.
  public let count: Int

  let buffer: ImageBuffer

  init(_ buffer: ImageBuffer, count: Int) {
    self.buffer = buffer
    self.count = count
  }

  /// Creates an image from blocks of bytes.
  ///
  /// - Parameter fill: A function that is called once. Its argument appends a block and returns
  ///   whether there was enough memory for it.
  /// - Throws: The error of `fill`.
  public init<Failure: Error>(
    filling fill: ((_ block: UnsafeRawBufferPointer) -> Bool) throws(Failure) -> Void
  ) throws(Failure) {
    let buffer = ImageBuffer()
    var count = 0
    try unsafe fill { block in
      guard let start = unsafe buffer.resize(to: count + block.count) else {
        return unsafe block.isEmpty
      }
      unsafe (start + count).copyMemory(
        from: block.baseAddress ?? UnsafeRawPointer(start), byteCount: block.count)
      count += block.count
      return true
    }
    self.buffer = buffer
    self.count = count
  }

  /// Calls `body` with the bytes of the file.
  ///
  /// - Parameter body: A function of the bytes, which are valid only during the call.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(buffer.bytes(count))
  }

  /// Calls `body` with the bytes of the file, which it may change.
  ///
  /// - Parameter body: A function of the bytes, which are valid only during the call.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeMutableRawBufferPointer(mutating: buffer.bytes(count)))
  }
}
