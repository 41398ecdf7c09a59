import Glibc
import Synchronization

/// The signals that ask a program to save and stop, or to save and continue.
///
/// SIGINT, SIGTERM, SIGHUP, SIGUSR2 and SIGXCPU ask the run to stop: the first one is recorded, and the run looks
/// at it between steps. SIGUSR1 asks for a save. One event often sends several signals: when a terminal is
/// closed, the kernel and the shell both send SIGHUP; `timeout --foreground` and wrappers forward SIGINT or
/// SIGTERM to a process that has it already. So repetitions change nothing, with one exception: a SIGINT at
/// least one second after the first signal ends the process at once, without another save.
///
/// A signal that was ignored when the program started stays ignored, as `nohup` and a shell's `&` ask for.
/// Signals belong to the process, so all instances see the same ones.
public final class StopSignals: Sendable {
  /// Installs the handlers, also for signals that were blocked when the process started.
  public init() {
    // Touched before a handler can: a handler must not run the initializer of a global.
    _ = firstSignal.load(ordering: .relaxed)
    _ = firstTime.load(ordering: .relaxed)
    _ = isSaveRequested.load(ordering: .relaxed)
    var handled = sigset_t()
    unsafe sigemptyset(&handled)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU]
    where !isIgnored(number) {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = handleSignal
      action.sa_flags = SA_RESTART
      unsafe sigaction(number, &action, nil)
      unsafe sigaddset(&handled, number)
    }
    unsafe pthread_sigmask(SIG_UNBLOCK, &handled, nil)
  }

  /// The signal that asked the run to stop, if one did.
  public var signal: Int32? {
    let number = firstSignal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Returns whether SIGUSR1 arrived since the last call.
  public func takeSaveRequest() -> Bool {
    // Read after each step: a plain load is cheaper than an exchange.
    isSaveRequested.load(ordering: .relaxed)
      && isSaveRequested.exchange(false, ordering: .relaxed)
  }
}

/// The first signal that asked the run to stop; 0 before.
private let firstSignal = Atomic<Int32>(0)

/// When it arrived, in nanoseconds of the monotonic clock; 0 before.
private let firstTime = Atomic<Int64>(0)

/// Whether a save was requested.
private let isSaveRequested = Atomic<Bool>(false)

/// Records a signal, in the middle of whatever the thread is doing.
///
/// Only atomics, `clock_gettime` and `_exit` may be used here (signal-safety(7)).
private func handleSignal(_ number: Int32) {
  guard number != SIGUSR1 else { return isSaveRequested.store(true, ordering: .relaxed) }
  let now = monotonicNanoseconds()
  let (isFirst, first) = firstTime.compareExchange(expected: 0, desired: now, ordering: .relaxed)
  if isFirst {
    firstSignal.store(number, ordering: .relaxed)
  } else if number == SIGINT, now - first >= abortDelay {
    _exit(128 + number)
  }
}

/// The nanoseconds after the first signal from which a SIGINT ends the process; computed, because a handler must
/// not run the initializer of a global.
private var abortDelay: Int64 { 1_000_000_000 }

private func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard unsafe sigaction(number, nil, &action) == 0 else { return false }
  let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
  return handler == ignored
}
