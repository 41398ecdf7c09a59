package import CheckpointStore
import HDF5
package import ModelFiles
import Preconditions
import Synchronization
import Tensors
import Threads

/// Saves checkpoints in the background of a training.
///
/// Training waits only until the state has been copied into memory; a separate thread computes the
/// digests, writes the file and waits for the disk. Only one save runs at a time, and its memory is
/// reused for the next. So memory holds one copy of the state, and a second one only while a best
/// checkpoint could not be saved. If no thread can be created, the save runs on the calling thread.
package final class CheckpointSaver: Sendable {
  /// The outcome of a save.
  package struct Outcome: Sendable {
    /// The path of the checkpoint.
    package let path: String

    /// The global step of the checkpoint.
    package let step: Int

    /// The time since the start of the save, in seconds.
    package let seconds: Double

    /// The error that prevented the save; `nil` if the checkpoint is on the disk.
    package let failure: CheckpointError?
  }

  private struct State: ~Copyable {
    var isBusy = false
    /// The thread of the last save, until it is joined.
    var thread: WorkerThread?
    var start = ContinuousClock.now
    /// The checkpoint to be saved by the thread.
    var image: CheckpointImage?
    /// Whether that checkpoint is the best one so far.
    var isBest = false
    /// The best checkpoint, if it has not been saved yet.
    var best: CheckpointImage?
    /// The memory to reuse for the next checkpoint.
    var memory: FileImage?
    var outcomes: [Outcome] = []
    var lock: CheckpointLock?
    var bestLock: CheckpointLock?
  }

  private let store: CheckpointStore
  private let bestStore: CheckpointStore?
  private let state = Mutex(State())

  /// Whether there are outcomes to report; checked after each training step.
  private let hasOutcomes = Atomic<Bool>(false)

  /// Creates a saver.
  ///
  /// - Parameters:
  ///   - store: The store of all checkpoints.
  ///   - best: The store to which the best checkpoint is also saved.
  package init(to store: CheckpointStore, best: CheckpointStore? = nil) {
    self.store = store
    bestStore = best
  }

  /// Takes the locks of both paths and holds them for the lifetime of the saver.
  ///
  /// - Throws: ``StoreError/locked(path:holder:)`` if another process holds one, or
  ///   ``StoreError/cannotCreate(path:reason:)``.
  package func takeLocks() throws(CheckpointError) {
    let (lock, bestLock) = try converting { () throws(StoreError) in
      (
        try CheckpointLock(for: store.path),
        try bestStore.map { store throws(StoreError) in try CheckpointLock(for: store.path) }
      )
    }
    state.withLock { ($0.lock, $0.bestLock) = (lock, bestLock) }
  }

  /// Whether a save is in progress.
  package var isBusy: Bool { state.withLock { $0.isBusy } }

  /// Starts saving a checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: The checkpoint of a run; its model may change as soon as this method returns.
  ///   - isBest: Whether it is the best checkpoint so far and is also saved to the best store. If
  ///     that fails, each later save retries it, until there is a better one.
  ///   - file: The file at which programmer errors are reported; by default the caller's.
  ///   - line: The line at which programmer errors are reported; by default the caller's.
  /// - Throws: ``CheckpointError`` if there is not enough memory.
  /// - Precondition: No save is in progress.
  package func begin(
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
    // Join the finished thread before starting the next one.
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

  /// Saves the checkpoint in another file as the best one, and waits.
  ///
  /// If this fails, each later save retries it, until there is a better one.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if it cannot be read.
  /// - Precondition: No save is in progress.
  package func saveBest(from path: String) throws(CheckpointError) {
    var image: CheckpointImage? = try CheckpointImage(of: path)
    state.withLock { $0.best = image.take() }
    saveBestAgain()
  }

  /// Retries saving the best checkpoint, if that failed before, and waits.
  ///
  /// - Precondition: No save is in progress.
  package func saveBestAgain() {
    state.withLock { state in
      require(!state.isBusy, "`saveBestAgain` must not be called while a save is under way.")
      (state.isBusy, state.start) = (true, .now)
    }
    saveWaiting()
  }

  /// Waits for the save in progress, if any.
  package func wait() {
    state.withLock { $0.thread.take() }?.join()
  }

  /// Returns the outcomes since the last call, in order, and clears them.
  package func takeOutcomes() -> [Outcome] {
    guard hasOutcomes.exchange(false, ordering: .acquiring) else { return [] }
    return state.withLock { state in
      defer { state.outcomes = [] }
      return state.outcomes
    }
  }

  /// Saves the pending checkpoint, and the best one if it has not been saved yet.
  private func saveWaiting() {
    var outcomes: [Outcome] = []
    let (lock, bestLock, isBest) = state.withLock { ($0.lock, $0.bestLock, $0.isBest) }
    var memory: FileImage?
    var best = state.withLock { $0.best.take() }
    if var image = state.withLock({ $0.image.take() }) {
      // If this process is killed before the best checkpoint is saved, recovery finds it here.
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
