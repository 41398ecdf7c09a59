import Files

/// A file whose bytes are in memory.
final class MemorySource: FileSource {
  let size: Int
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { (self.bytes, size) = (bytes, bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    expect(
      offset >= 0 && offset <= size && buffer.count <= size - offset,
      "\(buffer.count) bytes at \(offset) of \(size) are read")
    unsafe buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
  }
}
