import Glibc

/// The signals that end the program: SIGINT, SIGTERM and SIGHUP, unless they are ignored at its
/// start, as `nohup` requires.
struct StopSignal {
  private var signals = sigset_t()

  /// Blocks the signals, in this thread and in those that it starts.
  init() {
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(number) {
      unsafe sigaddset(&signals, number)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Waits for one of the signals; a second one then ends the program at once.
  func wait() {
    var (signals, number) = (signals, Int32(0))
    unsafe sigwait(&signals, &number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
    return handler == ignored
  }
}
