import Preconditions
import Synchronization

/// The number of threads of parallel loops.
///
/// It affects the speed, never the results: sums are cut into chunks whose size does not depend on
/// the number of threads, and the results of chunks are combined in their order.
///
/// ```swift
/// Threads.count = 1  // results do not depend on it
/// ```
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

  /// Whether a loop that begins now can have several threads, because no enclosing loop uses them.
  ///
  /// Use it to decide how to divide work, never what to compute.
  package static var areFree: Bool { count > 1 && !ThreadPool.shared.isInUse }

  /// The number of processors that this process may use: those of its affinity (`taskset`,
  /// cpusets), but no more than the CPU quota of its control group allows.
  public static let available = min(
    ProcessorLimits.affinity(), ProcessorLimits.quota().map { max(1, $0) } ?? .max)
}
