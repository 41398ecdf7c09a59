import Files
import Glibc

/// Output to a standard stream that never makes the program wait for the reader.
///
/// A pipe whose reader has stopped reading, or a terminal that is stopped with Ctrl-S, takes no more bytes: a program
/// that writes to it waits, and while it waits it neither works nor looks at signals. Here, bytes that the
/// stream does not take are kept and written with the next text. ``drain(while:)`` waits for the reader at the end.
///
/// Results are all kept. Messages have a limit: beyond it they are dropped, and later a line says so.
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
  ///   - limit: The largest number of bytes that are kept.
  package init(_ stream: Int32, limit: Int) {
    self.stream = stream
    self.limit = limit
    channel = Channel(stream)
  }

  /// Whether bytes are kept that the stream has not taken.
  public var isPending: Bool { !pending.isEmpty }

  /// Writes a text, or keeps what the stream does not take.
  ///
  /// - Parameter text: The text, with its line breaks.
  public func write(_ text: String) {
    guard error == nil else { return }
    flush()
    if dropped > 0, pending.isEmpty {
      let messages = dropped == 1 ? "1 message was" : "\(dropped) messages were"
      pending += Array("(\(messages) dropped because nobody read them)\n".utf8)
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

  /// Writes as many of the kept bytes as the stream takes now.
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

  /// Waits until the reader has taken all kept bytes.
  ///
  /// - Parameter isPatient: Asked ten times a second; when it returns `false`, the rest is given up.
  public func drain(while isPatient: () -> Bool) {
    flush()
    while isPending, isPatient() {
      var request = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
      _ = unsafe poll(&request, 1, 100)
      flush()
    }
  }

  /// A way to write to a stream that does not wait.
  private final class Channel {
    private enum Way {
      /// A file, which takes all bytes.
      case file
      /// A pipe or terminal, opened once more without waiting: the flag `O_NONBLOCK` on the descriptor itself would
      /// change the stream for every process that shares it.
      case reopened(Int32)
      case socket
      /// A stream that cannot be opened again, such as a terminal of another user.
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

    /// Writes some bytes and returns how many, or -1 with the value of `errno`.
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

    /// Writes at most as many bytes as a pipe takes whole once it is ready (pipe(7), `PIPE_BUF`).
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
