import Dispatch
import Synchronization
import Tensors

/// Makes elements ahead on a thread of its own, until a number of them wait to be taken.
///
/// When the queue goes away, the thread ends after the element that it is making. Where the system has no thread to
/// give, each element is made when it is taken.
final class PrefetchQueue: Sendable {
  private let work: Work

  /// Starts to make elements.
  ///
  /// - Parameters:
  ///   - cursor: The source of the elements.
  ///   - recipe: How an element is made.
  ///   - capacity: The largest number of elements made ahead, at least 1.
  ///   - startThread: Runs its argument on a new thread, and returns whether it could.
  init(
    _ cursor: any Cursor, recipe: Recipe, capacity: Int,
    startThread: (@escaping @Sendable () -> Void) -> Bool = WorkerThread.startDetached
  ) {
    let work = Work(cursor, recipe: recipe, capacity: capacity)
    self.work = work
    if !startThread({ work.fill() }) { work.makeOnDemand() }
  }

  deinit { work.stop() }

  /// Takes the next element, or `nil` at the end; waits until it has been made.
  func next() -> Dataset.Element? { work.take() }
}

/// The part of a queue that outlives it until the element being made is finished.
private final class Work: Sendable {
  private struct State {
    /// The elements that wait; after the last of all, `nil`.
    var waiting: [Dataset.Element?] = []

    /// Whether the thread sleeps until there is room.
    var isAsleep = false
    var isStopped = false

    /// Whether there is no thread.
    var isOnDemand = false
  }

  private let recipe: Recipe
  private let capacity: Int
  private let cursor: Mutex<any Cursor>
  private let state = Mutex(State())

  /// Counts what waits in the state.
  private let available = DispatchSemaphore(value: 0)

  /// Wakes the thread when there is room.
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
      // The end stays, for further calls.
      state.waiting[0] == nil ? nil : state.waiting.removeFirst()
    }
    if element == nil { available.signal() }
    return element
  }

  /// Makes elements until the last one or until the queue goes away.
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
