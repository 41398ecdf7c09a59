import Glibc
import Synchronization
import Threads

/// Calls a closure on a thread of its own after a time, unless it is stopped before.
final class Alarm: Sendable {
  private let isStopped = Atomic<Bool>(false)

  /// Starts the time.
  ///
  /// - Parameters:
  ///   - seconds: The time.
  ///   - body: What to do after it.
  init(seconds: Int, _ body: @escaping @Sendable () -> Void) {
    let end = ContinuousClock.now + .seconds(seconds)
    _ = WorkerThread.startDetached { [self] in
      while !isStopped.load(ordering: .relaxed) {
        if ContinuousClock.now >= end { return body() }
        usleep(50_000)
      }
    }
  }

  /// Stops the time.
  func stop() { isStopped.store(true, ordering: .relaxed) }
}
