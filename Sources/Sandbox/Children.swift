internal import CSandbox
internal import Glibc
internal import Synchronization

/// The sandboxed processes that this process has forked itself.
enum Children {
  /// Those that were ended without waiting for their end.
  private static let ending = Mutex<[pid_t]>([])

  /// Forks a process for a task.
  ///
  /// - Returns: Its number.
  static func start(_ task: SandboxTask) throws(SandboxError) -> pid_t {
    ending.withLock { processes in
      processes.removeAll { waitpid($0, nil, WNOHANG) != 0 }
    }
    let process = csandbox_fork()
    guard process >= 0 else { throw .notStarted(lastReason()) }
    guard process == 0 else { return process }
    // Only the channel is kept: this window has no descriptor.
    csandbox_cut_off(task.channel, task.channel)
    var task = task
    task.channel = 3
    task.run()
    _exit(0)
  }

  /// Ends a process, if it still runs.
  ///
  /// - Returns: Its status as of `waitpid(2)`.
  static func end(_ process: pid_t) -> Int32 {
    var status: Int32 = 0
    // Not one that has ended long ago, whose number may be another's.
    guard unsafe waitpid(process, &status, WNOHANG) == 0 else { return status }
    kill(process, SIGKILL)
    unsafe waitpid(process, &status, 0)
    return status
  }

  /// Ends a process without waiting for its end.
  static func release(_ process: pid_t) {
    kill(process, SIGKILL)
    ending.withLock { $0.append(process) }
  }
}
