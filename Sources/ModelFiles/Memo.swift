import Synchronization

/// A value that is computed at its first use and then kept.
final class Memo<Value: Sendable>: Sendable {
  private let state = Mutex<Value?>(nil)

  /// Returns the value, which is computed first if it is not known yet.
  ///
  /// - Parameter compute: Computes the value; after an error it is called again at the next use.
  /// - Returns: The value.
  /// - Throws: The error of `compute`.
  func value<Failure: Error>(_ compute: () throws(Failure) -> Value) throws(Failure) -> Value {
    if let value = state.withLock({ $0 }) { return value }
    let value = try compute()
    state.withLock { $0 = value }
    return value
  }
}
