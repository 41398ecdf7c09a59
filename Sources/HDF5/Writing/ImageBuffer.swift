internal import Glibc

/// The memory of a file that is built in memory.
@safe
final class ImageBuffer: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: a buffer has one owner at a time. An `ImageFile`, which is
  // not `Sendable`, fills it. After that file is closed, a `FileImage` owns it, which cannot be
  // copied.

  /// The address of the first byte; nil if nothing was allocated yet.
  private(set) var start: UnsafeMutableRawPointer?
  private var capacity = 0

  deinit {
    unsafe free(start)
  }

  /// Reserves room for `size` bytes and keeps the content.
  ///
  /// - Returns: The address of the first byte, or nil if there is not enough memory. The content is
  ///   kept then, too.
  func resize(to size: Int) -> UnsafeMutableRawPointer? {
    guard size > capacity else { return unsafe start }
    // Grow by at least half, so that a file that grows in small steps is not copied at each of
    // them.
    let wanted = max(size, capacity + capacity / 2)
    guard let moved = unsafe realloc(start, wanted) else { return nil }
    unsafe start = unsafe moved
    capacity = wanted
    return unsafe moved
  }

  /// Returns the first `count` bytes.
  func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: start, count: min(count, capacity))
  }
}
