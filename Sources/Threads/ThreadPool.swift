import CThreads
import Dispatch
import Glibc
import Synchronization

/// The threads of parallel loops.
///
/// A training step has dozens of operations of about 0.1 ms each, and waking a sleeping thread
/// takes a large part of that. An idle thread therefore spins for about as long as the time between
/// two operations, and sleeps only then.
///
/// Each thread first computes its own share of the chunks, in order, then helps with the other
/// shares. Successive operations on the same part of the weights therefore mostly run on the same
/// thread, with that part in its cache: fetching a cache line that another core has modified takes
/// longer than reading memory, in particular if the two cores share no cache.
///
/// Invariant of `@unchecked Sendable`: `body`, `chunks`, `workers` and `shares` are written only by
/// the thread that owns the pool, before it opens a job in `state`. Other threads read them only
/// between entering and leaving that job. The job is closed, and all threads have left it, before
/// they are written again.
final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// The number of the job, whether it is open (one bit), and the number of helpers in it.
  private let state = Atomic<Int>(0)
  private static let isOpen = 1 << 15
  private static let helpers = isOpen - 1
  private static let jobNumber = ~(isOpen | helpers)

  private let isOwned = Atomic<Bool>(false)
  private var body: (@Sendable (Int) -> Void)?
  private var chunks = 0
  private var workers = 0
  private var shares: [Share] = []

  /// The position of a thread in its share of the chunks.
  private final class Share: Sendable {
    let nextChunk = Atomic<Int>(0)
  }

  private let sleeping = Atomic<Int>(0)
  private let wakeUp = DispatchSemaphore(value: 0)
  private var threads = 0

  /// The number of times a thread spins before it sleeps or yields; 2000 take about 50 to 100 µs.
  ///
  /// It is 0 with more threads than processors, because spinning would slow the working threads.
  private let patience = Atomic<Int>(0)

  /// Whether another thread or an enclosing loop uses the pool at the moment.
  var isInUse: Bool { isOwned.load(ordering: .relaxed) }

  /// Calls `body` for each chunk, on this thread and on helpers.
  ///
  /// - Parameters:
  ///   - chunks: The number of chunks.
  ///   - workers: The number of threads.
  ///   - pause: What this thread does after each of its chunks.
  ///   - body: Computes one chunk.
  /// - Returns: False if the pool is in use by another thread or by an enclosing loop; then nothing
  ///   was done, and the caller computes the chunks alone.
  func run(
    chunks: Int, workers: Int, pause: (() -> Void)?, _ body: @escaping @Sendable (Int) -> Void
  ) -> Bool {
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

    work(as: 0, pause: pause, body)

    state.bitwiseAnd(~Self.isOpen, ordering: .acquiring)
    var looks = 0
    while state.load(ordering: .acquiring) & Self.helpers != 0 {
      looks += 1
      if looks > patience.load(ordering: .relaxed) { sched_yield() } else { cairn_spin_hint() }
    }
    self.body = nil
    return true
  }

  /// Returns the first chunk of a worker's share, which is also the end of the share before it.
  private func firstChunk(of worker: Int) -> Int { chunks * worker / workers }

  /// Computes chunks until none are left, first those of the worker's own share.
  private func work(
    as worker: Int, pause: (() -> Void)? = nil, _ body: @Sendable (Int) -> Void
  ) {
    for turn in 0..<workers {
      let owner = (worker + turn) % workers
      let (share, end) = (shares[owner], firstChunk(of: owner + 1))
      while true {
        let chunk = share.nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < end else { break }
        body(chunk)
        pause?()
      }
    }
  }

  /// The main loop of a helper: waits for a new job, and works on it while it is open.
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

  /// Sleeps until there is a new job.
  private func sleep(unless seen: Int) {
    sleeping.add(1, ordering: .sequentiallyConsistent)
    let state = self.state.load(ordering: .sequentiallyConsistent)
    // If a job was opened in between, its owner may already have signalled for this thread. Then a
    // later sleep ends early, which is harmless.
    guard state & Self.isOpen == 0 || state & Self.jobNumber == seen else { return }
    wakeUp.wait()
  }

  /// Starts helpers until there are enough, or the system cannot create more threads.
  private func start(threads wanted: Int) {
    while threads < wanted {
      let index = threads
      guard WorkerThread.startDetached({ ThreadPool.shared.help(index: index) }) else { return }
      threads += 1
    }
  }
}
