internal import CSandbox
internal import Glibc

/// A message between a process and its sandboxed process; bodies are in the window.
struct SandboxMessage {
  /// What a message says.
  enum Kind: Int64 {
    /// From the sandboxed process, first: its number, and the walls around it.
    case ready
    /// A request of `first` bytes to the program whose creator is at the address `second`.
    case call
    /// The answer: `first` bytes, and `second` bytes of elements.
    case answer
    /// From the sandboxed process: it needs `second` bytes of the file from `first` on, at the
    /// place `third` of the window.
    case need
    /// The bytes are there.
    case bytes
    /// The bytes are refused, with a reason of `first` bytes.
    case refusal
  }

  var kind: Int64
  var first: Int64
  var second: Int64
  var third: Int64

  init(_ kind: Kind, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0) {
    (self.kind, self.first) = (kind.rawValue, Int64(first))
    (self.second, self.third) = (Int64(second), Int64(third))
  }

  /// Sends the message.
  ///
  /// - Returns: Whether there is still somebody who receives it.
  func send(to socket: Int32) -> Bool {
    unsafe withUnsafeBytes(of: self) {
      unsafe csandbox_send(socket, $0.baseAddress, $0.count, nil, 0) == 0
    }
  }

  /// The time to look for a message before sleeping, in nanoseconds, because to wake up takes
  /// several microseconds.
  private static let spinTime: Int64 = 20_000

  /// The outcome of waiting for a message.
  enum Received {
    case message(SandboxMessage)
    case nothingYet
    case end
  }

  /// Waits for a message.
  ///
  /// - Parameters:
  ///   - socket: Where it comes from.
  ///   - milliseconds: The longest time to wait; `nil` for ever.
  /// - Returns: The message, if there is one.
  static func receive(
    from socket: Int32, milliseconds: Int32? = nil
  ) -> Received {
    var message = SandboxMessage(.ready)
    let status = unsafe withUnsafeMutableBytes(of: &message) {
      unsafe csandbox_receive(
        socket, $0.baseAddress, $0.count, nil, 0, spinTime, milliseconds ?? -1)
    }
    return status > 0 ? .message(message) : status == 0 ? .nothingYet : .end
  }
}
