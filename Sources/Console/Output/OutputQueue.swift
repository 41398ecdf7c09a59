import Files
import Glibc

/// Output to a standard stream that never blocks the program.
///
/// A pipe whose reader is slow, or a terminal that was stopped with Ctrl-S, accepts no more bytes.
/// A program that writes to it blocks, and then neither works nor checks for signals. This queue
/// keeps the bytes that the stream does not accept, and writes them with the next text.
/// ``drain(while:)`` waits for the reader at the end.
///
/// All results are kept. Messages have a limit: beyond it they are dropped, and a line reports how
/// many.
public final class OutputQueue {
  /// The first error of the stream; after it, nothing more is written.
  public private(set) var error: OutputError?

  private let stream: Int32
  private let limit: Int
  private let channel: Channel
  private var pending: [UInt8] = []
  private var dropped = 0

  /// Creates a queue for a standard stream.
  ///
  /// - Parameter stream: The stream. Messages to standard error have a limit of 1 MiB.
  public convenience init(_ stream: StandardStream) {
    self.init(stream.rawValue, limit: stream == .error ? 1 << 20 : .max)
  }

  /// Creates a queue for a file descriptor.
  ///
  /// - Parameters:
  ///   - stream: The file descriptor, which stays open.
  ///   - limit: The maximum number of bytes that are kept.
  package init(_ stream: Int32, limit: Int) {
    self.stream = stream
    self.limit = limit
    channel = Channel(stream)
  }

  /// Whether there are bytes that the stream has not accepted yet.
  public var isPending: Bool { !pending.isEmpty }

  /// Writes a text, and keeps the bytes that the stream does not accept.
  ///
  /// - Parameter text: The text, including line breaks.
  public func write(_ text: String) {
    guard error == nil else { return }
    flush()
    if dropped > 0, pending.isEmpty {
      let messages = dropped == 1 ? "1 message was" : "\(dropped) messages were"
      pending += Array("(\(messages) dropped because they were not read in time)\n".utf8)
      dropped = 0
    }
    let bytes = PathText.printable(text).utf8
    if pending.count + bytes.count > limit {
      dropped += 1
    } else {
      pending += Array(bytes)
    }
    flush()
  }

  /// Writes as many of the kept bytes as the stream accepts now.
  public func flush() {
    var written = 0
    while written < pending.count, error == nil {
      let (count, code) = channel.send(pending[written...])
      if count > 0 {
        written += count
      } else if count < 0, code == EAGAIN {
        break
      } else if count == 0 || code != EINTR {
        error = count == 0 ? .failed(errno: EIO) : OutputError(errno: code)
      }
    }
    if error != nil { pending = [] } else { pending.removeFirst(written) }
  }

  /// Waits until the reader has accepted all kept bytes.
  ///
  /// - Parameter isPatient: Called ten times a second. If it returns `false`, waiting ends.
  public func drain(while isPatient: () -> Bool) {
    flush()
    while isPending, isPatient() {
      var request = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
      _ = unsafe poll(&request, 1, 100)
      flush()
    }
  }

  /// Non-blocking output to a stream.
  private final class Channel {
    private enum Way {
      /// A file, which never blocks.
      case file
      /// A pipe or terminal that was reopened with `O_NONBLOCK`. Setting the flag on the original
      /// descriptor would affect all processes that share it.
      case reopened(Int32)
      case socket
      /// A stream that cannot be reopened, such as a terminal of another user.
      case polled
    }

    private let stream: Int32
    private let way: Way

    init(_ stream: Int32) {
      self.stream = stream
      var status = stat()
      _ = unsafe fstat(stream, &status)
      switch status.st_mode & S_IFMT {
      case S_IFSOCK: way = .socket
      case S_IFIFO, S_IFCHR:
        let copy = unsafe open(
          "/proc/self/fd/\(stream)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        way = copy >= 0 ? .reopened(copy) : .polled
      default: way = .file
      }
    }

    deinit {
      if case .reopened(let copy) = way { close(copy) }
    }

    /// Writes some of the bytes and returns their number, or -1 and `errno`.
    func send(_ bytes: ArraySlice<UInt8>) -> (count: Int, errno: Int32) {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        switch way {
        case .file: unsafe Glibc.write(stream, bytes.baseAddress, bytes.count)
        case .reopened(let copy): unsafe Glibc.write(copy, bytes.baseAddress, bytes.count)
        case .socket:
          unsafe Glibc.send(stream, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
        case .polled: unsafe writeIfReady(bytes)
        }
      }
      return (count, errno)
    }

    /// Writes at most `PIPE_BUF` bytes, which a pipe that is ready accepts without blocking
    /// (pipe(7)).
    private func writeIfReady(_ bytes: UnsafeRawBufferPointer) -> Int {
      var request = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
      guard unsafe poll(&request, 1, 0) != 0 else {
        errno = EAGAIN
        return -1
      }
      return unsafe Glibc.write(stream, bytes.baseAddress, min(bytes.count, 4096))
    }
  }
}
