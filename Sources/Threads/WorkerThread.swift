import Glibc

/// A thread that does one thing, which somebody waits for.
///
/// Signals are never handled on it: they are for the threads of the program.
package struct WorkerThread: Sendable {
  private let thread: pthread_t

  /// Starts a thread; nil if the system has none to give, and then nothing is done.
  ///
  /// - Parameter body: What it does.
  package init?(_ body: @escaping @Sendable () -> Void) {
    var all = sigset_t()
    var old = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    let task = Unmanaged.passRetained(Task(body: body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { task in
        guard let task else { return nil }
        Unmanaged<Task>.fromOpaque(task).takeRetainedValue().body()
        return nil
      }, task.toOpaque())
    guard status == 0 else {
      task.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until the thread has ended; called once, unless the thread is ``detach()``ed.
  package func join() {
    pthread_join(thread, nil)
  }

  /// Lets the thread go: nobody will wait for it.
  package func detach() {
    pthread_detach(thread)
  }

  /// Starts a thread that nobody will wait for.
  ///
  /// - Parameter body: What it does.
  /// - Returns: Whether the system had a thread to give; if not, nothing is done.
  package static func startDetached(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = WorkerThread(body) else { return false }
    thread.detach()
    return true
  }

  /// What a new thread is told.
  private final class Task {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
