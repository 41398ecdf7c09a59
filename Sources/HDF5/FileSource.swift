/// Where the bytes of a file come from that is open for reading.
///
/// libhdf5 reads files through this alone, so whoever implements it decides what is read from where,
/// and may refuse bytes that are not what they should be.
public protocol FileSource: AnyObject, Sendable {
  /// The number of bytes; it does not change.
  var size: Int { get }

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Parameters:
  ///   - buffer: The memory to fill, whole.
  ///   - offset: The place of the first byte, in `0...size - buffer.count`.
  /// - Throws: The cause, if the bytes cannot be had or must not be used.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(HDF5Error.Cause)
}

extension FileSource {
  /// The first bytes, by which the kind of a file is told.
  public var head: [UInt8] {
    get throws(HDF5Error.Cause) { try bytes(512, at: 0) }
  }

  /// Up to `count` bytes from `offset` on; fewer where the file ends.
  public func bytes(_ count: Int, at offset: Int) throws(HDF5Error.Cause) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, min(count, size - offset)))
    var failure: HDF5Error.Cause?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(HDF5Error.Cause) { try read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
