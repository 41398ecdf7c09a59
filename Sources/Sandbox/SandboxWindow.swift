internal import CSandbox
internal import Glibc

/// The memory that a process shares with a sandboxed process.
///
/// Its pages exist only after something was written to them.
@safe
final class SandboxWindow: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: the address never changes, and the memory is used only by
  // who holds the lock of a `SandboxedProcess`.

  /// The number of bytes for pieces of the file, at the beginning.
  static let fileBytes = 1 << 20
  /// The number of bytes for the request or the answer, after them.
  static let messageBytes = 128 << 20

  /// The descriptor of the memory; -1 if only a process that is forked from this one has it.
  let descriptor: Int32
  /// The number of bytes.
  let size: Int
  private let start: UnsafeMutableRawPointer

  /// Creates a window.
  ///
  /// - Parameters:
  ///   - elementBytes: The room for elements.
  ///   - isForked: Whether the other process is forked from this one, so that it needs no
  ///     descriptor. Neither is there one if the size of files is limited to less (`ulimit -f`).
  /// - Throws: ``SandboxError/notStarted(_:)`` if there is not enough memory.
  init(elementBytes: Int, isForked: Bool) throws(SandboxError) {
    size = Self.fileBytes + Self.messageBytes + elementBytes
    descriptor = isForked ? -1 : csandbox_memory(size)
    do throws(SandboxError) { unsafe start = try Self.map(descriptor, size) } catch {
      if descriptor >= 0 { close(descriptor) }
      throw error
    }
  }

  /// Maps the memory that another process has created.
  init(descriptor: Int32, size: Int) throws(SandboxError) {
    (self.descriptor, self.size) = (descriptor, size)
    unsafe start = try Self.map(descriptor, size)
  }

  deinit {
    unsafe munmap(start, size)
    if descriptor >= 0 { close(descriptor) }
  }

  private static func map(
    _ descriptor: Int32, _ size: Int
  ) throws(SandboxError) -> UnsafeMutableRawPointer {
    let flags = MAP_SHARED | MAP_NORESERVE | (descriptor < 0 ? MAP_ANONYMOUS : 0)
    guard
      let start = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, descriptor, 0),
      unsafe start != MAP_FAILED
    else { throw .notStarted(lastReason()) }
    return unsafe start
  }

  /// The address, which is the same in a process that is forked from this one.
  var address: UInt { unsafe UInt(bitPattern: start) }

  /// The memory at the address of a process that this one was forked from.
  init(address: UInt, size: Int) throws(SandboxError) {
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else { throw .malformed }
    (descriptor, self.size) = (-1, size)
    unsafe self.start = unsafe start
  }

  /// The place of pieces of the file.
  var file: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: start, count: Self.fileBytes)
  }

  /// The place of the request, then of the answer.
  var message: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: start + Self.fileBytes, count: Self.messageBytes)
  }

  /// The place of elements.
  var elements: UnsafeMutableRawBufferPointer {
    let offset = Self.fileBytes + Self.messageBytes
    return unsafe UnsafeMutableRawBufferPointer(start: start + offset, count: size - offset)
  }

  /// Gives the pages of a large answer back to the system.
  func release(_ part: UnsafeMutableRawBufferPointer, count: Int) {
    guard count > 1 << 20 else { return }
    unsafe madvise(part.baseAddress, count, MADV_REMOVE)
  }

  /// Copies bytes to a place.
  ///
  /// - Returns: False if they do not fit.
  static func put(_ bytes: [UInt8], into place: UnsafeMutableRawBufferPointer) -> Bool {
    guard bytes.count <= place.count else { return false }
    unsafe place.copyBytes(from: bytes)
    return true
  }
}

/// The system's message for the last error.
func lastReason() -> String { unsafe String(cString: strerror(errno)) }
