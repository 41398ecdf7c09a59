import Dispatch
import Synchronization

/// Makes elements ahead on a thread of its own, until a number of them wait to be taken.
///
/// No thread waits for room: the work ends when the queue is full and starts anew when an element
/// is taken. Only whoever takes elements waits. When the queue goes away, the work
/// ends after the element that it is at.
final class PrefetchQueue: Sendable {
  private let work: Work

  init(_ cursor: any Cursor, recipe: Recipe, capacity: Int) {
    work = Work(cursor, recipe: recipe, capacity: capacity)
    work.start()
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

    /// Whether elements are being made, or there are no more to make.
    var isBusy = false
    var isStopped = false
  }

  private let recipe: Recipe
  private let capacity: Int
  private let cursor: Mutex<any Cursor>
  private let state = Mutex(State())

  /// Counts what waits in the state.
  private let available = DispatchSemaphore(value: 0)
  private let thread = DispatchQueue(label: "cairn.prefetch")

  init(_ cursor: any Cursor, recipe: Recipe, capacity: Int) {
    self.cursor = Mutex(cursor)
    self.recipe = recipe
    self.capacity = capacity
  }

  /// Makes elements unless they are being made already.
  func start() {
    let isIdle = state.withLock { state in
      defer { state.isBusy = true }
      return !state.isBusy
    }
    guard isIdle else { return }
    thread.async { self.fill() }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
  }

  func take() -> Dataset.Element? {
    available.wait()
    let element = state.withLock { state in
      // The end stays, for whoever asks again.
      state.waiting[0] == nil ? nil : state.waiting.removeFirst()
    }
    if element == nil { available.signal() } else { start() }
    return element
  }

  private func fill() {
    var hasRoom = true
    while hasRoom {
      let element = cursor.withLock { $0.next() }.map(recipe.make)
      hasRoom = state.withLock { state in
        state.waiting.append(element)
        // After the end the state stays busy: there is nothing to start again for.
        if element == nil || state.isStopped { return false }
        state.isBusy = state.waiting.count < capacity
        return state.isBusy
      }
      available.signal()
    }
  }
}
