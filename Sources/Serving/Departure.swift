import Synchronization

/// Whether the client of a request has gone, so that its answer is not needed.
final class Departure: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Whether it has gone.
  var hasHappened: Bool { flag.load(ordering: .relaxed) }

  /// Records that it has gone.
  func happen() { flag.store(true, ordering: .relaxed) }
}
