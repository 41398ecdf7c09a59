import CThreads
import Dispatch
import Glibc
import Synchronization

/// Threads that wait for work between the operations of a computation.
///
/// A training step has dozens of operations of a tenth of a millisecond each, and to wake a sleeping
/// thread takes a good part of that. So a thread without work first watches for more, for about as long
/// as operations are apart, and only then sleeps.
///
/// Each thread has a share of the chunks, in their order, and helps with the shares of others when it has
/// done its own. So what one operation does on a part of the weights, and another on the same part, is
/// mostly done by one thread, whose cache has it: to fetch what another core has changed takes longer
/// than to read memory, above all if the two cores have no cache together.
///
/// `@unchecked Sendable` holds because `body`, `chunks`, `workers` and `shares` are written by the one
/// thread that owns the pool, before it opens a job in `state`, and read by others only between entering
/// and leaving that job; it is closed, and all have left, before they are written again.
final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// Which job it is, whether it is open, and how many helpers are in it.
  private let state = Atomic<Int>(0)
  private static let isOpen = 1 << 15
  private static let helpers = isOpen - 1
  private static let jobNumber = ~(isOpen | helpers)

  private let isOwned = Atomic<Bool>(false)
  private var body: (@Sendable (Int) -> Void)?
  private var chunks = 0
  private var workers = 0
  private var shares: [Share] = []

  /// Where a thread is in its share.
  private final class Share: Sendable {
    let nextChunk = Atomic<Int>(0)
  }

  private let sleeping = Atomic<Int>(0)
  private let wakeUp = DispatchSemaphore(value: 0)
  private var threads = 0

  /// How often a thread looks for work or for the end of others' before it lets its processor go.
  ///
  /// It is about 50 to 100 µs. With more threads than processors, watching would only hold up
  /// those that work.
  private let patience = Atomic<Int>(0)

  /// Calls `body` for each chunk, on this thread and on helpers.
  ///
  /// - Returns: Whether it did: if the helpers are busy with another thread's chunks, or with the
  ///   chunk that this call is made from, the caller is better off alone.
  func run(chunks: Int, workers: Int, _ body: @escaping @Sendable (Int) -> Void) -> Bool {
    guard !isOwned.exchange(true, ordering: .acquiring) else { return false }
    defer { isOwned.store(false, ordering: .releasing) }
    start(threads: workers - 1)
    self.body = body
    self.chunks = chunks
    self.workers = workers
    patience.store(workers <= Threads.available ? 2000 : 0, ordering: .relaxed)
    while shares.count < workers { shares.append(Share()) }
    for worker in 0..<workers {
      shares[worker].nextChunk.store(firstChunk(of: worker), ordering: .relaxed)
    }
    let job = (state.load(ordering: .relaxed) & Self.jobNumber) &+ (Self.isOpen << 1)
    state.store(job | Self.isOpen, ordering: .sequentiallyConsistent)
    for _ in 0..<sleeping.exchange(0, ordering: .sequentiallyConsistent) { wakeUp.signal() }

    work(as: 0, body)

    state.bitwiseAnd(~Self.isOpen, ordering: .acquiring)
    var looks = 0
    while state.load(ordering: .acquiring) & Self.helpers != 0 {
      looks += 1
      if looks > patience.load(ordering: .relaxed) { sched_yield() } else { cairn_spin_hint() }
    }
    self.body = nil
    return true
  }

  /// Where the share of a worker begins, and that of the one before it ends.
  private func firstChunk(of worker: Int) -> Int { chunks * worker / workers }

  /// Takes chunk after chunk, first of the worker's own share, until there are none left.
  private func work(as worker: Int, _ body: @Sendable (Int) -> Void) {
    for turn in 0..<workers {
      let owner = (worker + turn) % workers
      let (share, end) = (shares[owner], firstChunk(of: owner + 1))
      while true {
        let chunk = share.nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < end else { break }
        body(chunk)
      }
    }
  }

  /// The life of a helper: waits for a job that it has not seen, and works on it if it still may.
  private func help(index: Int) {
    var seen = 0
    var looks = 0
    while true {
      let state = self.state.load(ordering: .acquiring)
      if state & Self.isOpen != 0, state & Self.jobNumber != seen {
        let (entered, _) = self.state.compareExchange(
          expected: state, desired: state + 1, ordering: .acquiring)
        guard entered else { continue }
        seen = state & Self.jobNumber
        if index < workers - 1, let body { work(as: index + 1, body) }
        self.state.subtract(1, ordering: .releasing)
        looks = 0
      } else if looks < patience.load(ordering: .relaxed) {
        looks += 1
        cairn_spin_hint()
      } else {
        sleep(unless: seen)
        looks = 0
      }
    }
  }

  /// Sleeps until there is a job, if there is none yet.
  private func sleep(unless seen: Int) {
    sleeping.add(1, ordering: .sequentiallyConsistent)
    let state = self.state.load(ordering: .sequentiallyConsistent)
    // If a job was opened in between, its owner may have counted on this thread's sleep already; then
    // a later sleep ends early, which does no harm.
    guard state & Self.isOpen == 0 || state & Self.jobNumber == seen else { return }
    wakeUp.wait()
  }

  /// Starts helpers until there are enough, or the system has no more threads to give.
  private func start(threads wanted: Int) {
    while threads < wanted {
      let index = threads
      guard WorkerThread.startDetached({ ThreadPool.shared.help(index: index) }) else { return }
      threads += 1
    }
  }
}
