import Glibc

/// A connection to a server on this machine, with what tests do and browsers do not.
public final class HTTPClient {
  private let socket: Int32
  private var rest: [UInt8] = []

  /// Connects to a server.
  ///
  /// - Parameter port: The port.
  /// - Throws: ``Failure`` if nothing listens there.
  public init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 300, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafeBytes(of: &address) { bytes in
      unsafe connect(
        socket, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count))
    }
    guard result == 0 else { throw Failure() }
  }

  deinit { close(socket) }

  /// Nothing listens at a port.
  public struct Failure: Error {
    /// Creates the error.
    public init() {}
  }

  /// Sends bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: False if the server has closed the connection.
  @discardableResult
  public func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    var place = 0
    while place < bytes.count {
      let count = unsafe bytes[place...].withUnsafeBytes {
        unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      place += count
    }
    return true
  }

  /// Sends a text.
  ///
  /// - Parameter text: The text.
  /// - Returns: False if the server has closed the connection.
  @discardableResult
  public func send(_ text: String) -> Bool { send(text.utf8) }

  /// Says that nothing more comes.
  public func endSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// Waits for the next answer.
  ///
  /// - Parameter hasBody: Whether a body follows the header.
  /// - Returns: The status and the body; `nil` if the server closes the connection.
  public func receive(hasBody: Bool = true) -> (status: Int, body: String)? {
    let blank = Array("\r\n\r\n".utf8)
    var end: Int?
    while end == nil {
      end = rest.indices.first { rest[$0...].starts(with: blank) }
      if end == nil, !fill() { return nil }
    }
    let head = String(decoding: rest[..<(end ?? 0)], as: UTF8.self)
    rest.removeFirst((end ?? 0) + 4)
    let status = Int(head.split(separator: " ")[1]) ?? 0
    let length = head.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
    guard hasBody else { return (status, "") }
    while rest.count < length { if !fill() { return nil } }
    let body = String(decoding: rest.prefix(length), as: UTF8.self)
    rest.removeFirst(length)
    return (status, body)
  }

  /// Whether the server closes the connection, within five minutes.
  ///
  /// - Returns: Whether it does.
  public func isClosed() -> Bool {
    while fill() {}
    return errno != EAGAIN
  }

  private func fill() -> Bool {
    var part = [UInt8](repeating: 0, count: 65536)
    errno = 0
    let count = unsafe recv(socket, &part, part.count, 0)
    guard count > 0 else { return false }
    rest += part[..<count]
    return true
  }
}
