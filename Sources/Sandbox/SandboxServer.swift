internal import CSandbox
internal import Glibc
internal import Synchronization

/// The process from which sandboxed processes are forked if this one has several threads.
///
/// A process that is forked from several threads may wait for ever for a lock that none of its
/// threads holds. The server is forked itself while there is one thread, if the program calls
/// ``Sandbox/prepare()``. It parses nothing.
@safe
final class SandboxServer: Sendable {
  private static let shared = Mutex<SandboxServer?>(nil)

  /// The server of this process, if it was started.
  static var existing: SandboxServer? { shared.withLock { $0 } }

  /// The server of this process, which is started when it is needed first.
  static func get() throws(SandboxError) -> SandboxServer {
    try shared.withLock { server throws(SandboxError) in
      if let server { return server }
      let new = try SandboxServer()
      server = new
      return new
    }
  }

  /// Where the server gets tasks.
  private let tasks: Mutex<Int32>
  /// Where it is asked to end processes.
  private let ends: Mutex<Int32>

  private init() throws(SandboxError) {
    let tasks = try SocketPair()
    let ends = try SocketPair()
    let process = csandbox_fork()
    guard process != 0 else {
      csandbox_cut_off(tasks.theirs, ends.theirs)
      Self.serve(tasks: 3, ends: 4)
      _exit(0)
    }
    let reason = lastReason()
    tasks.closeTheirs()
    ends.closeTheirs()
    self.tasks = Mutex(tasks.ours)
    self.ends = Mutex(ends.ours)
    guard process > 0 else { throw .notStarted(reason) }
  }

  /// Starts a sandboxed process for a task.
  func start(_ task: SandboxTask) throws(SandboxError) {
    let descriptors = [task.channel, task.window]
    let isSent = tasks.withLock { socket in
      unsafe withUnsafeBytes(of: task) {
        unsafe csandbox_send(socket, $0.baseAddress, $0.count, descriptors, 2) == 0
      }
    }
    guard isSent else { throw .notStarted("its server has ended") }
  }

  /// Ends a process, if it still runs.
  ///
  /// - Returns: Its status as of `waitpid(2)`; `nil` if the server has ended.
  func end(_ process: pid_t) -> Int32? {
    ends.withLock { socket in
      guard Self.send(process, to: socket) else { return nil }
      var status: Int32 = 0
      var outcome: Int32 = 0
      repeat {
        outcome = unsafe csandbox_receive(
          socket, &status, MemoryLayout<Int32>.size, nil, 0, 0, -1)
      } while outcome == 0
      return outcome > 0 ? status : nil
    }
  }

  /// Ends a process without waiting for its end.
  func release(_ process: pid_t) {
    _ = ends.withLock { Self.send(-process, to: $0) }
  }

  private static func send(_ number: Int32, to socket: Int32) -> Bool {
    unsafe withUnsafeBytes(of: number) {
      unsafe csandbox_send(socket, $0.baseAddress, $0.count, nil, 0) == 0
    }
  }

  // MARK: - In the server

  /// Starts and ends processes until the program has ended.
  private static func serve(tasks: Int32, ends: Int32) {
    while true {
      var events = [
        pollfd(fd: tasks, events: Int16(POLLIN), revents: 0),
        pollfd(fd: ends, events: Int16(POLLIN), revents: 0),
      ]
      unsafe poll(&events, 2, -1)
      if events[0].revents != 0 {
        var task = SandboxTask()
        var descriptors: [Int32] = [-1, -1]
        guard
          unsafe csandbox_receive(
            tasks, &task, MemoryLayout<SandboxTask>.size, &descriptors, 2, 0, -1) > 0
        else { return }
        (task.channel, task.window) = (descriptors[0], descriptors[1])
        if csandbox_fork() == 0 {
          task.run()
          _exit(0)
        }
        for descriptor in descriptors { close(descriptor) }
      }
      guard events[1].revents != 0 else { continue }
      var process: Int32 = 0
      guard
        unsafe csandbox_receive(ends, &process, MemoryLayout<Int32>.size, nil, 0, 0, -1) > 0
      else { return }
      let status = Children.end(abs(process))
      guard process < 0 || send(status, to: ends) else { return }
    }
  }
}
