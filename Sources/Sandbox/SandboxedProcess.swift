internal import CSandbox
internal import Glibc
internal import Synchronization

/// A process without rights that answers requests of this one.
///
/// It ends with the lifetime of this object. After a crash, every further request fails in the same
/// way.
@safe
package final class SandboxedProcess: Respondent {
  /// Gives bytes of a file to the sandboxed process, or refuses with a reason.
  package typealias FileReader = (_ buffer: UnsafeMutableRawBufferPointer, _ offset: Int) -> String?

  private struct State: ~Copyable {
    let socket: Int32
    /// The number of the process; 0 if it is not known yet.
    var process: pid_t
    var isReady = false
    /// Whether an answer was so large that the process has much memory.
    var isLarge = false
    var end: SandboxError?
  }

  /// The server that has forked it; `nil` if this process has.
  private let server: SandboxServer?
  private let window: SandboxWindow
  private let state: Mutex<State>

  /// The number of bytes that a process may allocate; a progressive JPEG needs most.
  static let memory = 384 << 20
  /// The maximum number of bytes of elements in an answer.
  package static let elementBytes = 128 << 20

  /// Starts a process.
  ///
  /// - Throws: ``SandboxError/notStarted(_:)``.
  package init() throws(SandboxError) {
    let isForked = SandboxServer.existing == nil && csandbox_has_one_thread() != 0
    window = try SandboxWindow(elementBytes: Self.elementBytes, isForked: isForked)
    let sockets = try SocketPair()
    defer { sockets.closeTheirs() }
    let task = SandboxTask(
      channel: sockets.theirs, window: window.descriptor, windowAddress: window.address,
      windowSize: window.size, memory: Self.memory)
    let process: pid_t
    do throws(SandboxError) {
      if window.descriptor < 0 {
        server = nil
        process = try Children.start(task)
      } else {
        let server = try SandboxServer.get()
        self.server = server
        try server.start(task)
        process = 0
      }
    } catch {
      close(sockets.ours)
      throw error
    }
    state = Mutex(State(socket: sockets.ours, process: process))
  }

  deinit {
    state.withLock { state in
      if state.end == nil {
        close(state.socket)
        guard state.process > 0 else { return }
        if let server { server.release(state.process) } else { Children.release(state.process) }
      }
    }
  }

  /// Whether an error has ended the process.
  var hasEnded: Bool { state.withLock { $0.end != nil } }

  /// Whether the process has so much memory that it is better ended than kept.
  var isLarge: Bool { state.withLock { $0.isLarge } }

  /// Sends a request and waits for the answer.
  ///
  /// - Parameters:
  ///   - program: The program that answers.
  ///   - request: The request.
  ///   - seconds: The processor time that the answer may take.
  ///   - readFile: Gives bytes of a file.
  ///   - body: A function of the answer and its elements. The process can change the elements at
  ///     any time: copy them before you check them.
  /// - Returns: The result of `body`.
  /// - Throws: ``SandboxError`` if there is no answer, or `body` throws it.
  package func call<Result>(
    _ program: SandboxedProgram.Creator, _ request: [UInt8], seconds: Double,
    readingFile readFile: FileReader,
    _ body: (
      _ answer: inout MessageReader, _ elements: UnsafeRawBufferPointer
    ) throws(SandboxError) -> Result
  ) throws(SandboxError) -> Result {
    try state.withLock { state throws(SandboxError) in
      if let end = state.end { throw end }
      do throws(SandboxError) {
        guard unsafe SandboxWindow.put(request, into: window.message) else {
          throw .notStarted("a request of \(request.count) bytes is too large")
        }
        let message = try unsafe exchange(
          SandboxMessage(.call, request.count, unsafeBitCast(program, to: Int.self)), &state,
          seconds, readFile)
        guard
          let count = Int(exactly: message.first), let elementBytes = Int(exactly: message.second),
          (0...SandboxWindow.messageBytes).contains(count),
          unsafe (0...window.elements.count).contains(elementBytes)
        else { throw .malformed }
        if count > 1 << 20 { state.isLarge = true }
        var answer = MessageReader(unsafe Array(window.message.prefix(count)))
        defer {
          unsafe window.release(window.message, count: count)
          unsafe window.release(window.elements, count: elementBytes)
        }
        return try unsafe body(
          &answer, UnsafeRawBufferPointer(rebasing: window.elements.prefix(elementBytes)))
      } catch {
        state.end = finish(state, error)
        throw state.end ?? error
      }
    }
  }

  /// Sends a request, answers what the process asks, and returns its answer.
  private func exchange(
    _ request: SandboxMessage, _ state: inout State, _ seconds: Double, _ readFile: FileReader
  ) throws(SandboxError) -> SandboxMessage {
    let socket = state.socket
    guard request.send(to: socket) else { throw .malformed }
    var start = state.isReady ? csandbox_processor_time(state.process) : 0
    while true {
      switch SandboxMessage.receive(from: socket, milliseconds: 50) {
      case .end: throw .malformed
      case .nothingYet:
        guard state.isReady else { continue }
        let time = csandbox_processor_time(state.process)
        guard time < 0 || Double(time - start) < seconds * 1e9 else {
          throw .tooSlow(seconds: seconds)
        }
      case .message(let message):
        switch SandboxMessage.Kind(rawValue: message.kind) {
        case .ready where !state.isReady:
          guard let process = pid_t(exactly: message.first), process > 0,
            state.process == 0 || state.process == process
          else { throw .malformed }
          (state.process, state.isReady) = (process, true)
          Sandbox.note(wallBits: message.second)
          start = csandbox_processor_time(process)
        case .answer: return message
        case .need:
          guard let reply = unsafe serve(message, readFile), reply.send(to: socket) else {
            throw .malformed
          }
        default: throw .malformed
        }
      }
    }
  }

  /// Gives the process bytes of the file; `nil` if the request makes no sense.
  private func serve(_ message: SandboxMessage, _ readFile: FileReader) -> SandboxMessage? {
    guard
      let offset = Int(exactly: message.first), offset >= 0,
      let count = Int(exactly: message.second), (1...SandboxWindow.fileBytes).contains(count),
      let start = Int(exactly: message.third),
      (0...SandboxWindow.fileBytes - count).contains(start), offset <= .max - count
    else { return nil }
    let place = unsafe UnsafeMutableRawBufferPointer(rebasing: window.file[start..<start + count])
    guard let reason = unsafe readFile(place, offset) else { return SandboxMessage(.bytes) }
    let bytes = Array(reason.utf8.prefix(4096))
    _ = unsafe SandboxWindow.put(bytes, into: window.file)
    return SandboxMessage(.refusal, bytes.count)
  }

  /// Ends the process, and finds out how it ended.
  private func finish(_ state: borrowing State, _ error: SandboxError) -> SandboxError {
    close(state.socket)
    // A process that has crashed already keeps its status.
    guard state.process > 0 else { return error }
    let end = server.map { $0.end(state.process) } ?? Children.end(state.process)
    guard let status = end, error == .malformed else { return error }
    if status & 0x7F != 0, status & 0x7F != SIGKILL { return .crashed(signal: status & 0x7F) }
    return status & 0x7F == 0 ? .exited(status: status >> 8 & 0xFF) : error
  }
}
