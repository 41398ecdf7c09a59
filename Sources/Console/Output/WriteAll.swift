import Files
import Glibc

/// Writes all bytes, however little the system takes at a time.
///
/// - Parameters:
///   - bytes: The bytes.
///   - send: Writes some of the bytes and returns how many, or -1 with the value of `errno`.
///   - wait: Returns when it makes sense to try again after `EAGAIN`.
/// - Throws: ``OutputError`` if the system refuses.
package func writeAll(
  _ bytes: some Sequence<UInt8>,
  send: (ArraySlice<UInt8>) -> (count: Int, errno: Int32),
  wait: () -> Void
) throws(OutputError) {
  var rest = Array(bytes)[...]
  while !rest.isEmpty {
    let (count, code) = send(rest)
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if count == 0 {
      throw .failed(errno: EIO)  // A device that takes nothing and reports nothing: do not hang.
    } else if code == EAGAIN {
      wait()
    } else if code != EINTR {
      throw OutputError(errno: code)
    }
  }
}

/// Writes a text to a file descriptor.
///
/// - Parameters:
///   - text: The text.
///   - descriptor: The file descriptor; it may be a non-blocking one.
/// - Throws: ``OutputError`` if the system refuses.
package func write(_ text: String, to descriptor: Int32) throws(OutputError) {
  try writeAll(PathText.printable(text).utf8) { rest in
    let count = unsafe rest.withUnsafeBytes { bytes in
      unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
    return (count, errno)
  } wait: {
    // Whoever shares the terminal or pipe with us may have made it non-blocking.
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  }
}
