import Synchronization

/// The storage of a tensor's elements: one block of 32-bit floats, aligned for the widest vectors.
///
/// Tensors may share a block, for example after a reshape.
///
/// `@unchecked Sendable` is sound because a block is written only while its creator holds the only
/// reference, and by ``Tensor/withUnsafeMutablePointer(_:)`` after `isKnownUniquelyReferenced` has
/// confirmed that the block is not shared. `@safe`, because the block lives as long as the storage,
/// and only ``pointer`` gives unsafe access to it.
@safe
final class Storage: @unchecked Sendable {
  let count: Int

  /// The logits: the input of the softmax or sigmoid that computed these elements.
  ///
  /// A cross-entropy of the probabilities is computed from them, as in Keras with `_keras_logits`.
  let logits: Tensor?

  /// Whether the logits are the input of a softmax.
  let isSoftmax: Bool

  /// The deferred product whose value this is; `nil` for other elements.
  let deferred: DeferredProduct?

  /// The deferred normalization whose value this is; `nil` for other elements.
  let normalization: DeferredNormalization?

  /// The deferred images whose values these are; `nil` for other elements.
  let images: DeferredImages?

  /// Whether the storage refers to what its elements are computed from.
  var hasOrigin: Bool {
    logits != nil || deferred != nil || normalization != nil || images != nil
  }

  /// The block, and the number of elements that it has room for.
  private let block: UnsafeMutablePointer<Float>?
  private let capacity: Int

  /// What owns the block; `nil` if the storage does.
  private let owner: AnyObject?

  /// A kernel that has been transformed from these elements, its numbers of channels, and the side
  /// of the tiles.
  private let transformed = Mutex<(channels: Int, tile: Int, kernel: Storage)?>(nil)

  /// Allocates a block of uninitialized elements.
  init(uninitialized count: Int, logits: Tensor? = nil, isSoftmax: Bool = true) {
    self.count = count
    self.logits = logits
    self.isSoftmax = logits != nil && isSoftmax
    (deferred, normalization, images) = (nil, nil, nil)
    owner = nil
    unsafe (block, capacity) = unsafe BlockCache.shared.allocate(count)
  }

  /// Uses memory that belongs to an object.
  ///
  /// - Parameters:
  ///   - block: The memory.
  ///   - count: The number of its elements.
  ///   - owner: The object, which the storage keeps.
  init(_ block: UnsafeMutablePointer<Float>, count: Int, owner: AnyObject) {
    self.count = count
    logits = nil
    isSoftmax = false
    (deferred, normalization, images) = (nil, nil, nil)
    unsafe (self.block, capacity, self.owner) = (block, count, owner)
  }

  /// Allocates a block of zeros; a large block needs no memory before the first write.
  init(zeros count: Int) {
    self.count = count
    logits = nil
    isSoftmax = false
    (deferred, normalization, images) = (nil, nil, nil)
    owner = nil
    unsafe (block, capacity) = unsafe BlockCache.shared.allocate(count, isCleared: true)
  }

  /// Creates the storage of a deferred product.
  init(_ product: DeferredProduct) {
    count = product.rows * product.columns
    logits = nil
    isSoftmax = false
    (deferred, normalization, images) = (product, nil, nil)
    unsafe (block, capacity, owner) = (nil, 0, nil)
  }

  /// Creates the storage of a deferred normalization.
  init(_ normalization: DeferredNormalization, count: Int) {
    self.count = count
    logits = nil
    isSoftmax = false
    (deferred, self.normalization, images) = (nil, normalization, nil)
    unsafe (block, capacity, owner) = (nil, 0, nil)
  }

  /// Creates the storage of deferred images.
  init(_ images: DeferredImages, count: Int) {
    self.count = count
    logits = nil
    isSoftmax = false
    (deferred, normalization, self.images) = (nil, nil, images)
    unsafe (block, capacity, owner) = (nil, 0, nil)
  }

  /// The address of the first element; computes deferred elements on first access.
  ///
  /// For deferred elements, each access takes a lock: loops use the ``computed`` storage.
  @inline(__always) var pointer: UnsafeMutablePointer<Float> {
    if let block = unsafe block { return unsafe block }
    return unsafe computed.pointer
  }

  /// The storage of the elements themselves: this one, or that of the computed elements.
  ///
  /// Computes deferred elements on first access.
  var computed: Storage {
    if unsafe block != nil { return self }
    if let normalization { return normalization.value.computed }
    if let images { return images.value }
    // One of the four exists.
    return unsafe deferred.unsafelyUnwrapped.value
  }

  /// A convolution's kernel transformed from these elements, kept for further calls until
  /// ``forgetTransformed()``.
  ///
  /// - Parameters:
  ///   - channels: The number of input channels of the kernel.
  ///   - tile: The side of the tiles of Winograd's algorithm.
  ///   - transform: Computes it if it is not known for these.
  /// - Returns: The transformed kernel.
  func transformed(channels: Int, tile: Int, _ transform: () -> Storage) -> Storage {
    transformed.withLock { known in
      if let known, known.channels == channels, known.tile == tile { return known.kernel }
      let kernel = transform()
      known = (channels, tile, kernel)
      return kernel
    }
  }

  /// Forgets what has been computed from the elements, before they change.
  func forgetTransformed() { transformed.withLock { $0 = nil } }

  deinit {
    images?.release()
    if owner == nil, let block = unsafe block { unsafe BlockCache.shared.free(block, capacity) }
  }
}
