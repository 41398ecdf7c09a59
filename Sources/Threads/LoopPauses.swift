import Preconditions

/// Work that a thread does between the chunks of its parallel loops, such as letting messages make
/// progress while it computes.
///
/// Only the thread that has begun a loop does it: helpers compute chunks alone.
package enum LoopPauses {
  /// The work of this thread; `nil` for none.
  @TaskLocal static var work: Shared<() -> Void>?

  /// Runs an operation, and some work between the chunks of the loops that this thread begins in
  /// it.
  ///
  /// - Parameters:
  ///   - work: Called often: it should look at the clock. It must not read or write what the loops
  ///     do, nor wait for a lock that the operation may hold.
  ///   - operation: The operation.
  /// - Returns: The result of the operation.
  /// - Throws: The error of the operation.
  package static func doing<Result, Failure: Error>(
    _ work: @escaping () -> Void, during operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Only this thread calls it, so that it need not be `Sendable`.
    var result: Swift.Result<Result, Failure>?
    $work.withValue(Shared(work)) {
      result = Swift.Result { () throws(Failure) in try operation() }
    }
    guard let result else { fail("Internal error: the operation has not run.") }
    return try result.get()
  }
}
