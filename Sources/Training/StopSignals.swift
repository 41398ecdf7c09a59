import Glibc
import Synchronization

/// Notices the signals that ask a program to stop, or to save itself and go on.
///
/// The first one that asks to stop is noted, and the run looks at it between steps; the second one ends the
/// process at once, which costs nothing that was saved. A hangup that the program was started to ignore, as
/// `nohup` does, stays ignored. Signals belong to the process, so all instances notice the same ones.
public final class StopSignals: Sendable {
  /// Starts to notice SIGINT, SIGTERM, SIGHUP and SIGUSR1, even where the process was started with these
  /// blocked.
  public init() {
    // Touched before a handler can: what it does must not involve the first use of a global.
    _ = firstSignal.load(ordering: .relaxed)
    _ = isSaveRequested.load(ordering: .relaxed)
    var noticed = sigset_t()
    unsafe sigemptyset(&noticed)
    for number in [SIGINT, SIGTERM, SIGUSR1] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = noteSignal
      action.sa_flags = SA_RESTART
      unsafe sigaction(number, &action, nil)
      unsafe sigaddset(&noticed, number)
    }
    unsafe pthread_sigmask(SIG_UNBLOCK, &noticed, nil)
  }

  /// The signal that asked to stop, if one did.
  public var signal: Int32? {
    let number = firstSignal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Whether SIGUSR1 came since this was last called.
  public func takeSaveRequest() -> Bool {
    // Looked at after each step: a plain load is cheaper than an exchange.
    isSaveRequested.load(ordering: .relaxed)
      && isSaveRequested.exchange(false, ordering: .relaxed)
  }
}

/// The first signal that asked to stop; 0 before.
private let firstSignal = Atomic<Int32>(0)

/// Whether somebody asked for a save.
private let isSaveRequested = Atomic<Bool>(false)

/// Takes note of a signal, in the middle of whatever the thread is doing.
///
/// Atomics and `_exit` are all that may be used here. No queue is asked for help: on a busy machine it would
/// come too late for a second signal.
private func noteSignal(_ number: Int32) {
  guard number != SIGUSR1 else { return isSaveRequested.store(true, ordering: .relaxed) }
  let (isFirst, _) = firstSignal.compareExchange(
    expected: 0, desired: number, ordering: .relaxed)
  if !isFirst { _exit(128 + number) }
}

private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard unsafe sigaction(number, nil, &action) == 0 else { return false }
  let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
  return handler == ignored
}
