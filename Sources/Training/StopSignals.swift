import Dispatch
import Glibc
import Synchronization

/// Notices the signals that ask a program to stop, or to save itself and go on.
///
/// The first one is noted and the run looks at it between steps; the second one ends the process at
/// once, which costs nothing that was saved. A hangup that the program was started to ignore, as
/// `nohup` does, stays ignored.
public final class StopSignals {
  private let received = FirstSignal()
  private let saveRequest = SaveRequest()
  private let sources: [any DispatchSourceSignal]

  /// Starts to notice SIGINT, SIGTERM, SIGHUP and SIGUSR1.
  public init() {
    let save = DispatchSource.makeSignalSource(signal: SIGUSR1, queue: .global())
    save.setEventHandler { [saveRequest] in saveRequest.note() }
    save.activate()
    let numbers = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    sources =
      [save]
      + numbers.map { [received] number in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        // Two that come shortly after each other are told at once.
        source.setEventHandler {
          for _ in 0..<max(1, source.data) { received.note(number) }
        }
        source.activate()
        return source
      }
  }

  // A source is held by its own handler until it is cancelled.
  deinit { sources.forEach { $0.cancel() } }

  /// The signal that asked to stop, if one did.
  public var signal: Int32? { received.number }

  /// Whether SIGUSR1 came since this was last called.
  public func takeSaveRequest() -> Bool { saveRequest.take() }
}

/// Whether somebody asked for a save.
private final class SaveRequest: Sendable {
  private let isPending = Atomic<Bool>(false)

  func note() { isPending.store(true, ordering: .relaxed) }

  func take() -> Bool {
    // Looked at after each step: a plain load is cheaper than an exchange.
    isPending.load(ordering: .relaxed) && isPending.exchange(false, ordering: .relaxed)
  }
}

/// The first signal of several; the second one ends the process.
private final class FirstSignal: Sendable {
  private let noted = Atomic<Int32>(0)

  var number: Int32? {
    let number = noted.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  func note(_ number: Int32) {
    let (isFirst, _) = noted.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    if !isFirst { _exit(128 + number) }
  }
}

private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard unsafe sigaction(number, nil, &action) == 0 else { return false }
  let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
  return handler == ignored
}
