import CKernels
import Synchronization
import Threads

/// A deferred (lazy) normalization of columns: (x − mean) · scale + offset.
///
/// ReLU after batch normalization computes both at once, so that the numbers between them are never
/// written to memory. Any other access computes the normalization alone, with the same bits.
final class DeferredNormalization: Sendable {
  let columns: Int

  private typealias Recording = @Sendable (Tensor, _ relu: Bool) -> Tensor

  private struct State {
    /// The input, and what records the gradients of the output, without or with ReLU; `nil` after
    /// the normalization has been computed.
    var origin: (input: Tensor, record: Recording)?
    var computed: Storage?

    /// The node of the normalization without ReLU.
    weak var node: Node?
  }

  private let state: Mutex<State>
  private let (mean, scales, offsets): (Tensor, Tensor, Tensor)
  private let count: Int

  /// - Parameters:
  ///   - x: The input; its last axis has the columns.
  ///   - mean: The mean of each column.
  ///   - scales: The factor of each column.
  ///   - offsets: The offset of each column.
  ///   - record: Records the gradients of the given output, which has ReLU or not.
  init(
    _ x: Tensor, mean: Tensor, scales: Tensor, offsets: Tensor,
    record: @escaping @Sendable (Tensor, _ relu: Bool) -> Tensor
  ) {
    columns = mean.count
    count = x.count
    (self.mean, self.scales, self.offsets) = (mean, scales, offsets)
    state = Mutex(State(origin: (x, record)))
  }

  /// The output without ReLU, not computed yet.
  func output(shape: Shape) -> Tensor {
    let y = Tensor(shape: shape, storage: Storage(self, count: count))
    guard let record = state.withLock({ $0.origin?.record }) else { return y }
    let recorded = record(y, false)
    state.withLock { $0.node = recorded.node }
    return recorded
  }

  /// The output with ReLU; `nil` if the output without it has been computed, or if `y` was
  /// computed from it by something that has a gradient of its own.
  func withReLU(_ y: Tensor) -> Tensor? {
    let origin = state.withLock { y.node == nil || y.node === $0.node ? $0.origin : nil }
    guard let origin else { return nil }
    let output = Tensor(shape: y.shape, storage: computed(origin.input, relu: true))
    return y.node == nil ? output : origin.record(output, true)
  }

  /// The output without ReLU.
  var value: Storage {
    state.withLock { state in
      if let computed = state.computed { return computed }
      // Until it is computed, there is an origin.
      let storage = unsafe computed(state.origin.unsafelyUnwrapped.input, relu: false)
      (state.computed, state.origin) = (storage, nil)
      return storage
    }
  }

  private func computed(_ x: Tensor, relu: Bool) -> Storage {
    let storage = Storage(uninitialized: count)
    let out = unsafe Shared(storage.pointer)
    let columns = columns
    x.materialize()
    x.forEachChunk { [mean, scales, offsets] start, count in
      unsafe kernels.normalize(
        Int64(count), Int64(columns), x.storage.pointer + start * columns, mean.storage.pointer,
        scales.storage.pointer, offsets.storage.pointer, relu ? 1 : 0, out + start * columns)
    }
    return storage
  }
}
