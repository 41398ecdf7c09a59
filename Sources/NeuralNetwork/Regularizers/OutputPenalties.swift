import Synchronization
package import Tensors

/// The penalties on outputs in a call of a model and of the layers in it: Keras's
/// `activity_regularizer`.
package final class OutputPenalties: Sendable {
  private let sum = Mutex<Tensor?>(nil)

  private init() {}

  /// Those of the call that is running in this task; `nil` if none collects them.
  @TaskLocal static var current: OutputPenalties?

  /// Adds a penalty, a scalar.
  func add(_ penalty: Tensor) { sum.withLock { $0 = $0.map { $0 + penalty } ?? penalty } }

  /// Collects the penalties of the calls in a closure.
  ///
  /// - Parameter calls: The closure.
  /// - Returns: What the closure returns, and the sum of the penalties: a scalar, or `nil` if there
  ///   is none.
  package static func collect<Result>(
    _ calls: () -> Result
  ) -> (result: Result, penalty: Tensor?) {
    let penalties = OutputPenalties()
    let result = $current.withValue(penalties, operation: calls)
    return (result, penalties.sum.withLock { $0 })
  }
}
