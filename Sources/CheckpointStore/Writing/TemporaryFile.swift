import Glibc

/// A file being written in the folder of the file that it will replace.
struct TemporaryFile {
  /// Its name in the folder.
  let name: String

  private let folder: Folder
  private let descriptor: CInt

  /// The maximum number of bytes per read or write call.
  private static let blockSize = 1 << 20

  init(folder: Folder, name: String, descriptor: CInt) {
    self.folder = folder
    self.name = name
    self.descriptor = descriptor
  }

  /// Writes the complete file, synchronizes it with `fsync`, and verifies it by reading it back.
  ///
  /// - Parameter parts: The bytes, in consecutive parts.
  /// - Throws: ``SystemFailure``; the file must then be discarded.
  func fill(_ parts: [UnsafeRawBufferPointer]) throws(SystemFailure) {
    try unsafe reserve(parts.reduce(0) { $0 + $1.count })
    var position: off_t = 0
    for index in unsafe parts.indices { try unsafe write(parts[index], at: &position) }
    // If `fsync` fails, the state of the disk is unknown, and a second `fsync` may report success.
    // Retries therefore use a new file.
    guard fsync(descriptor) == 0 else { throw SystemFailure() }
    var offset = 0
    for index in unsafe parts.indices {
      try unsafe compare(parts[index], at: offset)
      unsafe offset += parts[index].count
    }
  }

  /// Closes the file, whose contents are already on the disk.
  func close() throws(SystemFailure) {
    guard Glibc.close(descriptor) == 0 else { throw SystemFailure() }
  }

  /// Closes the file, if it is still open, and removes it.
  func discard(isOpen: Bool) {
    if isOpen { _ = Glibc.close(descriptor) }
    folder.remove(name)
  }

  /// Reserves the space for all bytes, so that a full disk is detected before the first write.
  private func reserve(_ count: Int) throws(SystemFailure) {
    var reserved: CInt
    repeat { reserved = posix_fallocate(descriptor, 0, count) } while reserved == EINTR
    guard reserved == 0 || reserved == EOPNOTSUPP || reserved == EINVAL else {
      throw SystemFailure(code: reserved)
    }
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, at position: inout off_t
  ) throws(SystemFailure) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let written = unsafe Glibc.write(
        descriptor, rest.baseAddress, min(rest.count, TemporaryFile.blockSize))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw SystemFailure() }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      // Start writing to the disk now, instead of leaving all of it to `fsync`.
      posix_fadvise(descriptor, position, off_t(written), POSIX_FADV_DONTNEED)
      position += off_t(written)
    }
  }

  /// Reads bytes back and compares them; from the disk, as far as the system drops its page cache.
  private func compare(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemFailure) {
    posix_fadvise(descriptor, off_t(offset), off_t(bytes.count), POSIX_FADV_DONTNEED)
    posix_fadvise(descriptor, off_t(offset), off_t(bytes.count), POSIX_FADV_WILLNEED)
    guard let block = unsafe malloc(TemporaryFile.blockSize) else { throw SystemFailure() }
    defer { unsafe free(block) }
    var position = 0
    while position < bytes.count {
      let wanted = min(TemporaryFile.blockSize, bytes.count - position)
      let count = unsafe pread(descriptor, block, wanted, off_t(offset + position))
      if count < 0, errno == EINTR { continue }
      guard count > 0, let start = bytes.baseAddress,
        unsafe memcmp(block, start + position, count) == 0
      else {
        throw SystemFailure(
          code: count < 0 ? errno : EIO, subject: "what was written reads back wrong")
      }
      position += count
    }
  }
}
