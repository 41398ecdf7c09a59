import Dispatch
import Synchronization

/// Calls `body` with each item, on as many threads as there are cores.
///
/// - Parameters:
///   - items: The items.
///   - body: What to do with an item.
/// - Returns: What `body` returns, in the order of the items.
/// - Throws: The first error of `body`.
func concurrently<Item: Sendable, Result: Sendable>(
  _ items: [Item], _ body: @Sendable (Item) throws -> Result
) throws -> [Result] {
  let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
  DispatchQueue.concurrentPerform(iterations: items.count) { index in
    let result = Swift.Result { try body(items[index]) }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { results in try items.indices.compactMap { try results[$0]?.get() } }
}

/// What was found in several trials.
struct Tally: Sendable {
  var points = 0
  var cases = 0
  var promises = 0
  var waits = 0
  var failures: [String] = []

  /// How many went wrong, in words: the best epoch lost, called finished while the path is old, all
  /// else.
  var losses: String {
    let best = failures.count { $0.contains("BEST LOST") }
    let old = failures.count { $0.contains("FINISHED, BUT OLD") }
    return
      "lost or unsafe \(failures.count - best - old), best lost \(best), finished but old \(old)"
  }

  /// All of them together.
  static func sum(_ tallies: [Tally]) -> Tally {
    tallies.reduce(into: Tally()) { sum, tally in
      sum.points = max(sum.points, tally.points)
      sum.cases += tally.cases
      sum.promises += tally.promises
      sum.waits += tally.waits
      sum.failures += tally.failures
    }
  }
}
