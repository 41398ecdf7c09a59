import CRanks
import Glibc

/// A connection to another process of a job, for signs of life.
struct Peer: Sendable {
  /// The number of the process.
  let rank: Int

  /// The name of its machine.
  let host: String

  /// The socket; -1 after it was closed.
  private(set) var descriptor: Int32

  /// The time of the last sign of life.
  var lastSign = ContinuousClock.now

  /// What a process tells another one.
  enum Sign: UInt8 {
    /// It lives.
    case beat = 98

    /// It ends as it should.
    case end = 101

    /// Another process is lost.
    case loss = 108

    /// The connection was closed without ``end``.
    case none = 0
  }

  /// Whether the connection is open.
  var isOpen: Bool { descriptor >= 0 }

  /// Sends a sign; a failure shows when the other end is read.
  func send(_ sign: Sign) {
    var byte = sign.rawValue
    _ = unsafe cairn_send_now(descriptor, &byte, 1)
  }

  /// Reads the most important sign that has arrived; `nil` if there is none.
  func read() -> Sign? {
    var signs: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        signs += buffer.prefix(count)
      } else if count < 0, errno == EINTR {
        continue
      } else {
        let isClosed = count == 0 || errno != EAGAIN && errno != EWOULDBLOCK
        let all = signs.compactMap(Sign.init) + (isClosed ? [.none] : [])
        return all.first { $0 != .beat } ?? all.first
      }
    }
  }

  /// Closes the connection.
  mutating func close() {
    guard isOpen else { return }
    Glibc.close(descriptor)
    descriptor = -1
  }
}
