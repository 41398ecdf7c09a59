import Synchronization

/// Computes several values at the same time, on ``Threads/count`` threads.
///
/// Parallel loops inside each computation then have one thread, which does not affect their
/// results.
///
/// - Parameters:
///   - count: The number of values.
///   - compute: Computes one of them. It is called from several threads at once, and must not
///     change anything that another call uses.
/// - Returns: The values, in order.
package func concurrently<Value: Sendable>(
  _ count: Int, _ compute: @escaping (_ index: Int) -> Value
) -> [Value] {
  let values = Values<Value>(count)
  // The captures of the closure need not be `Sendable`; the caller guarantees that they are not
  // changed.
  let compute = Shared(compute)
  parallel(chunks: count) { index in values.set(compute.value(index), at: index) }
  return values.all
}

/// Values that are set in any order.
private final class Values<Value: Sendable>: Sendable {
  private let stored: Mutex<[Value?]>

  init(_ count: Int) { stored = Mutex(Array(repeating: nil, count: count)) }

  var all: [Value] { stored.withLock { $0.compactMap(\.self) } }

  func set(_ value: Value, at index: Int) { stored.withLock { $0[index] = value } }
}
