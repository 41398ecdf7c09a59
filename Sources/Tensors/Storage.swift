/// The elements of a tensor: one block of 32-bit floats, aligned for the widest vector registers.
///
/// Several tensors may share a block (a reshape copies nothing).
///
/// `@unchecked Sendable` holds because a block is written in two situations only: while its
/// creator still holds the only reference, and by ``Tensor/withUnsafeMutablePointer(_:)`` after
/// it has made certain, with `isKnownUniquelyReferenced`, that nobody else can see the block.
final class Storage: @unchecked Sendable {
  let count: Int

  /// What went into the softmax or the sigmoid whose result this is, so that a cross entropy of the
  /// probabilities can be computed from the logits, as Keras does with `_keras_logits`.
  let logits: Tensor?

  /// Whether there are logits that went into a softmax.
  let isSoftmax: Bool

  /// The product whose value this is, if it is computed only when somebody looks.
  let deferred: DeferredProduct?

  /// Whether the storage says what its elements were computed from.
  var hasOrigin: Bool { logits != nil || deferred != nil }

  private let block: UnsafeMutablePointer<Float>?

  /// Allocates a block whose elements have no value yet.
  init(uninitialized count: Int, logits: Tensor? = nil, isSoftmax: Bool = true) {
    self.count = count
    self.logits = logits
    self.isSoftmax = logits != nil && isSoftmax
    deferred = nil
    block = BlockCache.shared.allocate(count)
  }

  /// Allocates a block of zeros; a large one takes no memory before something is written to it.
  init(zeros count: Int) {
    self.count = count
    logits = nil
    isSoftmax = false
    deferred = nil
    block = BlockCache.shared.allocate(count, isCleared: true)
  }

  /// Stands for the value of a product.
  init(_ product: DeferredProduct) {
    count = product.rows * product.columns
    logits = nil
    isSoftmax = false
    deferred = product
    block = nil
  }

  /// The first element; computes a product whose value nobody has looked at before.
  var pointer: UnsafeMutablePointer<Float> {
    // There is a block or a product.
    block ?? deferred.unsafelyUnwrapped.value.pointer
  }

  deinit {
    if let block { BlockCache.shared.free(block, count) }
  }
}
