import Preconditions
import HDF5
import Synchronization
import Tensors

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
    /// Memory for the next one.
    var memory: FileImage?
    var outcomes: [Outcome] = []
  }

  private let store: CheckpointStore
  private let state = Mutex(State())

  /// Whether there are outcomes to be told; looked at after each step of a training.
  private let hasOutcomes = Atomic<Bool>(false)

  /// Creates a saver.
  ///
  /// - Parameter store: Where checkpoints are saved.
  public init(to store: CheckpointStore) {
    self.store = store
  }

  /// Whether a save is under way.
  public var isBusy: Bool { state.withLock { $0.isBusy } }

  /// Begins to save a checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: What is to be saved, of a run; it may change as soon as this returns.
  ///   - best: Another place that the same checkpoint is to be saved to.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Throws: ``CheckpointError`` if there is not enough memory.
  /// - Precondition: No save is under way.
  public func begin(
    _ checkpoint: borrowing Checkpoint, alsoTo best: CheckpointStore? = nil,
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
      state.image = slot.take()
    }
    if let thread = WorkerThread({ [self] in saveWaiting(alsoTo: best) }) {
      state.withLock { $0.thread = thread }
    } else {
      saveWaiting(alsoTo: best)
    }
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

  private func saveWaiting(alsoTo best: CheckpointStore?) {
    guard var image = state.withLock({ $0.image.take() }) else { return }
    var outcomes = [save(&image, to: store)]
    if let best { outcomes.append(save(&image, to: best)) }
    var memory: FileImage? = image.takeFile()
    state.withLock { state in
      state.memory = memory.take()
      state.outcomes += outcomes
      state.isBusy = false
    }
    hasOutcomes.store(true, ordering: .releasing)
  }

  private func save(_ image: inout CheckpointImage, to store: CheckpointStore) -> Outcome {
    var failure: CheckpointError?
    do throws(CheckpointError) { try store.save(&image) } catch { failure = error }
    let start = state.withLock { $0.start }
    return Outcome(
      path: store.path, step: image.step ?? 0,
      seconds: (ContinuousClock.now - start) / .seconds(1), failure: failure)
  }
}
