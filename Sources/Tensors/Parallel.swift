import Preconditions
import Glibc
import Synchronization

/// How many threads the operations use.
///
/// The number changes how fast a result comes, never the result: work is cut into chunks whose
/// size does not depend on it, and what chunks compute is combined in their order.
public enum Threads {
  private static let chosen = Atomic<Int>(0)

  /// The number of threads, at least 1; by default, the number of processors that this process
  /// may use.
  public static var count: Int {
    get {
      let count = chosen.load(ordering: .relaxed)
      return count > 0 ? count : available
    }
    set {
      require(newValue > 0, "`Threads.count` must be at least 1, but is \(newValue).")
      chosen.store(newValue, ordering: .relaxed)
    }
  }

  /// The number of processors that this process may use: those of its affinity (`taskset`, cpusets), but no more
  /// than the CPU quota of its control group allows.
  public static let available = min(
    ProcessorLimits.affinity(), ProcessorLimits.quota().map { max(1, $0) } ?? .max)
}

/// Calls `body` for each chunk, on as many threads as ``Threads/count`` says.
///
/// - Parameters:
///   - chunks: The number of chunks; chosen from the size of the problem alone.
///   - body: Computes one chunk; chunks write to different memory.
func parallel(chunks: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let workers = min(Threads.count, chunks)
  if workers > 1 && ThreadPool.shared.run(chunks: chunks, workers: workers, body) { return }
  for chunk in 0..<chunks { body(chunk) }
}

/// Calls `body` for the parts of a range, each of at most `grain` elements.
package func parallel(
  over range: Range<Int>, grain: Int,
  _ body: @escaping @Sendable (_ start: Int, _ count: Int) -> Void
) {
  parallel(chunks: (range.count + grain - 1) / grain) { chunk in
    let start = range.lowerBound + chunk * grain
    body(start, min(grain, range.upperBound - start))
  }
}

/// Computes several tensors at the same time, on as many threads as ``Threads/count`` says; the
/// operations inside each computation then have one thread, which changes no bit of their results.
///
/// - Parameters:
///   - count: The number of tensors.
///   - compute: Computes one of them; called from several threads at once, so it changes nothing
///     that another call uses.
/// - Returns: The tensors, in order.
package func concurrently(_ count: Int, _ compute: @escaping (_ index: Int) -> Tensor) -> [Tensor] {
  let results = Results(count)
  // What the closure captures need not be `Sendable`; the caller answers for it.
  nonisolated(unsafe) let compute = compute
  parallel(chunks: count) { index in results.set(compute(index), at: index) }
  return results.tensors
}

/// Tensors that come in any order.
private final class Results: Sendable {
  private let stored: Mutex<[Tensor?]>

  init(_ count: Int) { stored = Mutex(Array(repeating: nil, count: count)) }

  var tensors: [Tensor] { stored.withLock { $0.compactMap { $0 } } }

  func set(_ tensor: Tensor, at index: Int) { stored.withLock { $0[index] = tensor } }
}
