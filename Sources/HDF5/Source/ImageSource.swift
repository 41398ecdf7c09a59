import Files

/// A file in memory, open for reading.
final class ImageSource: FileSource {
  let size: Int
  private let buffer: ImageBuffer

  init(_ image: consuming FileImage) {
    size = image.count
    buffer = image.buffer
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    unsafe buffer.copyMemory(
      from: UnsafeRawBufferPointer(
        rebasing: self.buffer.bytes(size)[offset..<offset + buffer.count]))
  }
}
