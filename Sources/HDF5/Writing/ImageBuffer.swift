internal import Glibc

/// The memory in which a file is built.
final class ImageBuffer: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: a buffer has one owner at a time. An `ImageFile`, which is
  // not `Sendable`, fills it; once that is closed it goes to a `FileImage`, which cannot be copied
  // and only reads it.

  /// The first byte, once there is one.
  private(set) var start: UnsafeMutableRawPointer?
  private var capacity = 0

  deinit {
    free(start)
  }

  /// Makes room for `size` bytes, keeping those that are there.
  ///
  /// - Returns: The first byte, or nil if there is not enough memory; what was there then remains.
  func resize(to size: Int) -> UnsafeMutableRawPointer? {
    guard size > capacity else { return start }
    // By half again, so that a file that grows in small steps is not moved at each.
    let wanted = max(size, capacity + capacity / 2)
    guard let moved = realloc(start, wanted) else { return nil }
    start = moved
    capacity = wanted
    return moved
  }

  /// The bytes up to `count`.
  func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: min(count, capacity))
  }
}
