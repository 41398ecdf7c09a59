import Dispatch
import Synchronization
import Tensors
import Threads

/// A queue that prefetches elements on its own thread, up to its capacity.
///
/// When the queue is released, the thread ends after its current element. If no thread can be
/// started, elements are created on demand.
final class PrefetchQueue: Sendable {
  private let work: Work

  /// Starts prefetching.
  ///
  /// - Parameters:
  ///   - cursor: The source of the tokens.
  ///   - recipe: The recipe that creates elements.
  ///   - capacity: The maximum number of prefetched elements, at least 1.
  ///   - startThread: Runs its argument on a new thread, and returns whether the thread was
  ///     started.
  init(
    _ cursor: any Cursor, recipe: Recipe, capacity: Int,
    startThread: (@escaping @Sendable () -> Void) -> Bool = WorkerThread.startDetached
  ) {
    let work = Work(cursor, recipe: recipe, capacity: capacity)
    self.work = work
    if !startThread({ work.fill() }) { work.makeOnDemand() }
  }

  deinit { work.stop() }

  /// Waits for and returns the next element, or `nil` at the end.
  func next() -> Dataset.Element? { work.take() }
}

/// The shared state of a queue and its thread, which outlives the queue until the current element
/// is finished.
private final class Work: Sendable {
  private struct State {
    /// The prefetched elements; `nil` marks the end.
    var waiting: [Dataset.Element?] = []

    /// Whether the thread sleeps until the queue has room.
    var isAsleep = false
    var isStopped = false

    /// Whether there is no thread.
    var isOnDemand = false
  }

  private let recipe: Recipe
  private let capacity: Int
  private let cursor: Mutex<any Cursor>
  private let state = Mutex(State())

  /// Counts the prefetched elements.
  private let available = DispatchSemaphore(value: 0)

  /// Wakes the thread when the queue has room.
  private let room = DispatchSemaphore(value: 0)

  init(_ cursor: any Cursor, recipe: Recipe, capacity: Int) {
    self.cursor = Mutex(cursor)
    self.recipe = recipe
    self.capacity = capacity
  }

  func makeOnDemand() {
    state.withLock { $0.isOnDemand = true }
  }

  func stop() {
    wakeThread { $0.isStopped = true }
  }

  func take() -> Dataset.Element? {
    if state.withLock({ $0.isOnDemand && $0.waiting.isEmpty }) { append(make()) }
    available.wait()
    let element = wakeThread { state in
      // The end marker stays for further calls.
      state.waiting[0] == nil ? nil : state.waiting.removeFirst()
    }
    if element == nil { available.signal() }
    return element
  }

  /// Creates elements until the end, or until the queue is released.
  func fill() {
    while true {
      let (isStopped, hasRoom) = state.withLock { state in
        state.isAsleep = !state.isStopped && state.waiting.count >= capacity
        return (state.isStopped, !state.isAsleep)
      }
      if isStopped { return }
      guard hasRoom else {
        room.wait()
        continue
      }
      let element = make()
      append(element)
      if element == nil { return }
    }
  }

  private func make() -> Dataset.Element? { cursor.withLock { $0.next() }.map(recipe.make) }

  private func append(_ element: Dataset.Element?) {
    state.withLock { $0.waiting.append(element) }
    available.signal()
  }

  /// Changes the state, and wakes the thread if it sleeps.
  private func wakeThread<Result>(_ change: (inout State) -> Result) -> Result {
    let (result, wasAsleep) = state.withLock { state in
      let result = change(&state)
      defer { state.isAsleep = false }
      return (result, state.isAsleep)
    }
    if wasAsleep { room.signal() }
    return result
  }
}
