internal import Files
internal import Glibc

/// Reads PNGs and JPEGs that follow each other in a file or a pipe, one at a time.
///
/// Bytes between two pictures that belong to neither are skipped, as decoders do with bytes after
/// a picture. After a picture whose structure is broken, the next one is found by its first bytes.
package final class PictureStream {
  private let descriptor: CInt
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// The number of pictures that were returned.
  private var count = 0

  /// Starts to read.
  ///
  /// - Parameter descriptor: An open file or pipe, such as standard input, which stays open.
  package init(descriptor: CInt) { self.descriptor = descriptor }

  /// Whether ``next()`` probably has to wait for nothing, because bytes are there.
  package var isReady: Bool {
    if isAtEnd || buffer.count - start > 1 << 12 { return true }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) > 0
  }

  /// Returns the bytes of the next picture.
  ///
  /// - Returns: The bytes; `nil` at the end. The first bytes of the stream are returned even if
  ///   they are empty or no picture, so that the decoder reports it.
  /// - Throws: ``ImageError`` if the system call fails or a picture has more bytes than a file may.
  package func next() throws(ImageError) -> [UInt8]? {
    guard let format = try nextFormat() else {
      guard count == 0 else { return nil }
      // No picture, and what follows it cannot be trusted either.
      count += 1
      while try fill() { discard(buffer.count - start - 512) }
      return take(buffer.count - start)
    }
    count += 1
    var boundary = PictureBoundary(format)
    while true {
      switch boundary.end(in: buffer[start...]) {
      case .at(let length): return take(length)
      case .broken: return take(try lengthToNextPicture(format))
      case .unknown:
        guard buffer.count - start <= InputFile.maximumByteCount else {
          discard(buffer.count - start)
          isAtEnd = true
          throw ImageError(.tooManyBytes)
        }
        guard try fill() else { return take(try lengthToNextPicture(format)) }
      }
    }
  }

  /// Moves to the next picture and returns its format; `nil` if none follows.
  ///
  /// The first picture must be at the very beginning.
  private func nextFormat() throws(ImageError) -> ImageFormat? {
    while true {
      while buffer.count - start < FileFormat.png.count, try fill() {}
      let bytes = buffer[start...]
      if let format = try? ImageFormat(of: bytes) { return format }
      guard count > 0 else { return nil }
      guard !bytes.isEmpty else { return nil }
      if let next = signature(in: bytes.dropFirst(), anyFormat: true) {
        start = next
      } else {
        // The last bytes may be the beginning of a signature.
        guard !isAtEnd else { return nil }
        discard(bytes.count - FileFormat.png.count + 1)
        guard try fill() else { return nil }
      }
    }
  }

  /// The number of bytes up to the next picture, or to the end.
  private func lengthToNextPicture(_ format: ImageFormat) throws(ImageError) -> Int {
    var searched = start + 2
    while true {
      // The preview in a JPEG is no next picture, so that only a PNG is searched for behind it.
      if let next = signature(in: buffer[searched...], anyFormat: format == .png) {
        return next - start
      }
      let known = buffer.count - start
      guard known <= InputFile.maximumByteCount, try fill() else { return buffer.count - start }
      searched = start + max(2, known - FileFormat.png.count)
    }
  }

  /// Finds the first bytes of a picture.
  private func signature(in bytes: ArraySlice<UInt8>, anyFormat: Bool) -> Int? {
    var rest = bytes
    while let found = rest.firstIndex(where: { $0 == 0x89 || $0 == 0xFF }) {
      let tail = bytes[found...]
      if tail.starts(with: FileFormat.png) || anyFormat && tail.starts(with: FileFormat.jpeg) {
        return found
      }
      rest = bytes[(found + 1)...]
    }
    return nil
  }

  /// Removes bytes from the beginning, and returns them.
  private func take(_ length: Int) -> [UInt8] {
    let bytes = Array(buffer[start..<start + length])
    discard(length)
    return bytes
  }

  /// Removes bytes from the beginning; none if the number is negative.
  private func discard(_ length: Int) {
    start += max(0, length)
    // Moved rarely, so that many small pictures do not move the rest again and again.
    if start > 1 << 16 {
      buffer.removeFirst(start)
      start = 0
    }
  }

  /// Reads more bytes, and returns whether there were any.
  private func fill() throws(ImageError) -> Bool {
    guard !isAtEnd else { return false }
    while true {
      let old = buffer.count
      let room = max(1 << 16, min(old, 1 << 24))
      var (count, code): (Int, CInt) = (0, 0)
      let part = unsafe [UInt8](unsafeUninitializedCapacity: room) { part, filled in
        count = unsafe read(descriptor, part.baseAddress, room)
        code = errno
        filled = max(0, count)
      }
      if count < 0, code == EINTR { continue }
      guard count >= 0 else {
        isAtEnd = true
        throw ImageError(.unreadable(systemError(code)))
      }
      buffer += part
      isAtEnd = count == 0
      return count > 0
    }
  }
}
