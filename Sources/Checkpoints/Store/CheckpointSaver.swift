import HDF5
import Preconditions
import Synchronization
import Tensors
import Threads

/// Saves checkpoints while training goes on.
///
/// Whoever trains waits only until the state has been copied into memory; digests, writing and the wait for
/// the disk happen on a thread of their own. One save is under way at a time, so one copy of the state is
/// in memory, and it is used again for the next. Where the system has no thread to give, saving takes the time of
/// whoever trains.
public final class CheckpointSaver: Sendable {
  /// How a save ended.
  public struct Outcome: Sendable {
    /// Where the checkpoint was to be saved.
    public let path: String

    /// The step that it is the state of.
    public let step: Int

    /// How long it took from the beginning of the save, in seconds.
    public let seconds: Double

    /// Why it could not be saved; `nil` if it is on the disk.
    public let failure: CheckpointError?
  }

  private struct State: ~Copyable {
    var isBusy = false
    /// The thread of the last save, until somebody has waited for it.
    var thread: WorkerThread?
    var start = ContinuousClock.now
    /// The checkpoint that waits for the thread.
    var image: CheckpointImage?
    /// Whether it is the best one.
    var isBest = false
    /// The best checkpoint, as long as it could not be saved.
    var best: CheckpointImage?
    /// Memory for the next one.
    var memory: FileImage?
    var outcomes: [Outcome] = []
    var lock: CheckpointLock?
    var bestLock: CheckpointLock?
  }

  private let store: CheckpointStore
  private let bestStore: CheckpointStore?
  private let state = Mutex(State())

  /// Whether there are outcomes to be told; looked at after each step of a training.
  private let hasOutcomes = Atomic<Bool>(false)

  /// Creates a saver.
  ///
  /// - Parameters:
  ///   - store: Where checkpoints are saved.
  ///   - best: Where the best one is saved besides.
  public init(to store: CheckpointStore, best: CheckpointStore? = nil) {
    self.store = store
    bestStore = best
  }

  /// Takes the locks of both paths, which are held as long as the saver is there.
  ///
  /// - Throws: ``CheckpointError/locked(path:holder:)`` if another process has one, or
  ///   ``CheckpointError/cannotCreate(path:reason:)``.
  public func takeLocks() throws(CheckpointError) {
    let lock = try CheckpointLock(for: store.path)
    var bestLock: CheckpointLock?
    if let bestStore { bestLock = try CheckpointLock(for: bestStore.path) }
    state.withLock { ($0.lock, $0.bestLock) = (lock, bestLock) }
  }

  /// Whether a save is under way.
  public var isBusy: Bool { state.withLock { $0.isBusy } }

  /// Begins to save a checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: What is to be saved, of a run; it may change as soon as this returns.
  ///   - isBest: Whether it is the best one so far, and is to be saved where that is kept too. If that
  ///     fails, each later save tries it again, until there is a better one.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Throws: ``CheckpointError`` if there is not enough memory.
  /// - Precondition: No save is under way.
  public func begin(
    _ checkpoint: borrowing Checkpoint, isBest: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CheckpointError) {
    let memory = state.withLock { state in
      require(
        !state.isBusy, "`begin` must not be called while a save is under way.", file: file,
        line: line)
      state.start = .now
      return state.memory.take()
    }
    // It has nothing left to do, and is only waited for to be gone.
    wait()
    let image = try checkpoint.image(reusing: memory)
    var slot: CheckpointImage? = consume image
    state.withLock { state in
      state.isBusy = true
      state.isBest = isBest
      state.image = slot.take()
    }
    if let thread = WorkerThread({ [self] in saveWaiting() }) {
      state.withLock { $0.thread = thread }
    } else {
      saveWaiting()
    }
  }

  /// Saves what another file holds where the best checkpoint is kept, and waits.
  ///
  /// If it fails, each later save tries it again, until there is a better one.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if it cannot be read.
  /// - Precondition: No save is under way.
  public func saveBest(from path: String) throws(CheckpointError) {
    var image: CheckpointImage? = try CheckpointImage(of: path)
    state.withLock { $0.best = image.take() }
    saveBestAgain()
  }

  /// Tries again to save the best checkpoint, if it could not be saved, and waits.
  ///
  /// - Precondition: No save is under way.
  public func saveBestAgain() {
    state.withLock { state in
      require(!state.isBusy, "`saveBestAgain` must not be called while a save is under way.")
      (state.isBusy, state.start) = (true, .now)
    }
    saveWaiting()
  }

  /// Waits for the save that is under way, if one is.
  public func wait() {
    state.withLock { $0.thread.take() }?.join()
  }

  /// Takes the outcomes that have not been taken yet, in order.
  public func takeOutcomes() -> [Outcome] {
    guard hasOutcomes.exchange(false, ordering: .acquiring) else { return [] }
    return state.withLock { state in
      defer { state.outcomes = [] }
      return state.outcomes
    }
  }

  /// Saves the checkpoint that waits, and the best one as long as it has not been saved.
  private func saveWaiting() {
    var outcomes: [Outcome] = []
    let (lock, bestLock, isBest) = state.withLock { ($0.lock, $0.bestLock, $0.isBest) }
    var memory: FileImage?
    var best = state.withLock { $0.best.take() }
    if var image = state.withLock({ $0.image.take() }) {
      // Should this process be killed before the best one is saved, the next finds it there.
      let due = isBest ? image.step : best.step
      outcomes.append(
        save(&image, to: store) { image throws(CheckpointError) in
          try store.save(&image, holding: lock, sparing: due)
        })
      if isBest { best = consume image } else { memory = image.takeFile() }
    }
    if let bestStore, var image = best.take() {
      let outcome = save(&image, to: bestStore) { image throws(CheckpointError) in
        try bestStore.save(&image, holding: bestLock, sparing: image.step, makingRoomIn: store)
      }
      outcomes.append(outcome)
      if outcome.failure != nil { best = consume image } else { memory = image.takeFile() }
    }
    state.withLock { state in
      if memory != nil { state.memory = memory.take() }
      state.best = best.take()
      state.outcomes += outcomes
      state.isBusy = false
    }
    hasOutcomes.store(true, ordering: .releasing)
  }

  private func save(
    _ image: inout CheckpointImage, to store: CheckpointStore,
    _ body: (inout CheckpointImage) throws(CheckpointError) -> Void
  ) -> Outcome {
    var failure: CheckpointError?
    do throws(CheckpointError) { try body(&image) } catch { failure = error }
    let start = state.withLock { $0.start }
    return Outcome(
      path: store.path, step: image.step ?? 0,
      seconds: (ContinuousClock.now - start) / .seconds(1), failure: failure)
  }
}

extension CheckpointImage? {
  /// The step, if there is a checkpoint.
  fileprivate var step: Int? {
    switch self {
    case .some(let image): image.step
    case .none: nil
    }
  }
}
