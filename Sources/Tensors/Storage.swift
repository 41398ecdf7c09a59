import Glibc

/// The elements of a tensor: one block of 32-bit floats, aligned for the widest vector registers.
///
/// Several tensors may share a block (a reshape copies nothing).
///
/// `@unchecked Sendable` holds because a block is written in two situations only: while its
/// creator still holds the only reference, and by ``Tensor/withUnsafeMutablePointer(_:)`` after
/// it has made certain, with `isKnownUniquelyReferenced`, that nobody else can see the block.
final class Storage: @unchecked Sendable {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>

  /// What went into the softmax whose result this is, so that a cross entropy of the
  /// probabilities can be computed from the logits, as Keras does with `_keras_logits`.
  let logits: Tensor?

  /// Allocates a block whose elements have no value yet.
  init(uninitialized count: Int, logits: Tensor? = nil) {
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, 64, max(count, 1) * MemoryLayout<Float>.stride)
    guard status == 0, let memory else {
      preconditionFailure("no memory for a tensor of \(count) elements")
    }
    self.count = count
    self.pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    self.logits = logits
  }

  deinit { free(pointer) }
}
