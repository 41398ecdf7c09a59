import Glibc

/// A thread that runs one function.
///
/// All signals are blocked on it, so that they are handled on the program's own threads.
package struct WorkerThread: Sendable {
  private let thread: pthread_t

  /// Starts a thread; nil if the system cannot create one.
  ///
  /// - Parameter body: The function that the thread runs.
  package init?(_ body: @escaping @Sendable () -> Void) {
    var all = sigset_t()
    var old = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_BLOCK, &all, &old)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &old, nil) }
    let task = unsafe Unmanaged.passRetained(Task(body: body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { task in
        guard let task = unsafe task else { return nil }
        unsafe Unmanaged<Task>.fromOpaque(task).takeRetainedValue().body()
        return nil
      }, unsafe task.toOpaque())
    guard status == 0 else {
      unsafe task.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until the thread has ended.
  ///
  /// Exactly one of this and ``detach()`` must be called, once.
  package func join() {
    pthread_join(thread, nil)
  }

  /// Detaches the thread, which then cannot be joined.
  package func detach() {
    pthread_detach(thread)
  }

  /// Starts a detached thread.
  ///
  /// - Parameter body: The function that the thread runs.
  /// - Returns: False if the system cannot create a thread.
  package static func startDetached(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = WorkerThread(body) else { return false }
    thread.detach()
    return true
  }

  /// The argument of a new thread.
  private final class Task {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
