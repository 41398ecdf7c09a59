import Files
import Glibc

/// Writes all bytes, in as many calls as necessary.
///
/// - Parameters:
///   - bytes: The bytes.
///   - send: Writes some of the bytes and returns their number, or -1 and `errno`.
///   - wait: Waits after `EAGAIN` until the stream accepts bytes again.
/// - Throws: ``OutputError`` if the system call fails.
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
      throw .failed(errno: EIO)  // A device that accepts no bytes without an error.
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
///   - descriptor: The file descriptor, which may be non-blocking.
/// - Throws: ``OutputError`` if the system call fails.
package func write(_ text: String, to descriptor: Int32) throws(OutputError) {
  try writeAll(PathText.printable(text).utf8) { rest in
    let count = unsafe rest.withUnsafeBytes { bytes in
      unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
    return (count, errno)
  } wait: {
    // Another process that shares the terminal or pipe may have made it non-blocking.
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  }
}
