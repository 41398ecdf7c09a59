import Glibc
import Synchronization

/// The signals that request a save and a stop, or only a save.
///
/// SIGINT, SIGTERM, SIGHUP, SIGUSR2 and SIGXCPU stop the run: the first signal is recorded, and the
/// run checks for it between steps. SIGUSR1 requests a save. One event often sends several signals:
/// when a terminal closes, the kernel and the shell both send SIGHUP; `timeout --foreground` and
/// wrappers forward SIGINT or SIGTERM to a process that has already received it. Repeated stop
/// signals are therefore ignored, except a SIGINT at least one second after the first one, which
/// exits at once without saving.
///
/// Signals that were ignored at program start stay ignored, as `nohup` and a shell's `&` require.
/// Signals belong to the process, so all instances share them.
///
/// ```swift
/// let run = try TrainingRun(
///   model, optimizer, batches, saveTo: path, signals: StopSignals(),
///   report: { event in print(event) })
/// do {
///   while try run.nextEpoch(of: 5) != nil {
///     while try run.nextBatch() != nil {}  // with a step of training
///   }
/// } catch TrainingError.stopped(let signal, let step, let path) {
///   print("signal \(signal) at step \(step): saved in \(path)")
/// }
/// ```
public final class StopSignals: Sendable {
  /// Installs the handlers and unblocks their signals; ignored signals stay ignored.
  public init() {
    // Initializes the globals now, because a signal handler must not.
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

  /// The received stop signal; `nil` if there was none.
  public var signal: Int32? {
    let number = firstSignal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Returns whether SIGUSR1 arrived since the last call.
  public func takeSaveRequest() -> Bool {
    // Called after each step: a plain load is cheaper than an exchange.
    isSaveRequested.load(ordering: .relaxed)
      && isSaveRequested.exchange(false, ordering: .relaxed)
  }
}

/// The first stop signal; 0 if there was none.
private let firstSignal = Atomic<Int32>(0)

/// The arrival time of the first stop signal, in nanoseconds of the monotonic clock; 0 before.
private let firstTime = Atomic<Int64>(0)

/// Whether a save was requested.
private let isSaveRequested = Atomic<Bool>(false)

/// The signal handler: records a signal.
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

/// The nanoseconds after the first signal before a SIGINT exits.
///
/// A computed property, because a signal handler must not initialize a global.
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
