import CKernels
import Synchronization
import Threads

/// Deferred (lazy) images: an operation without a gradient that maps images to images.
///
/// A chain of such operations is computed image by image when its result is needed. What one
/// operation passes to the next is one image, which stays in a core's cache, instead of a batch,
/// which does not. Each image is computed with the same bits in either way.
///
/// ```text
///           for each image of the batch, on all threads
/// images → convolution → normalization, ReLU → pooling → result
///             └─ scratch ─┘        └─ scratch ─┘
/// ```
///
/// Images that another operation or the caller may need too are computed as a whole batch first,
/// unless they are cheap: a normalization of known images, and its gradient, are computed again by
/// each operation that needs them, in training too.
final class DeferredImages: Sendable {
  /// Computes an image from one of each input; with one input, from the same image twice.
  typealias Work = (
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) -> Void

  /// An operation on images.
  @safe struct Operation: Sendable {
    /// The number of elements of an image of the result.
    let count: Int

    /// Whether the result may overwrite either input.
    let isInPlace: Bool

    /// Whether an image is computed about as fast as it is read from memory: then it is computed
    /// again whenever it is needed, if its inputs are known.
    let isCheap: Bool

    /// Prepares the work of a thread, with memory of its own if it needs any.
    let prepare: @Sendable () -> Work

    /// The shape of an image of the result, and the same operation for a result that is cropped to
    /// its first rows and columns; `nil` if it cannot be cropped.
    var croppedOutput: (shape: Shape, operation: @Sendable (Size2D) -> Operation)?

    /// The shape of an image of the input, its first rows and columns that are read, and the same
    /// operation for an input that is cropped to them; `nil` if all are read.
    var croppedInput: (shape: Shape, extent: Size2D, operation: @Sendable () -> Operation)?

    init(
      count: Int, isInPlace: Bool = false, isCheap: Bool = false,
      _ prepare: @escaping @Sendable () -> Work
    ) {
      (self.count, self.isInPlace, self.isCheap) = (count, isInPlace, isCheap)
      unsafe self.prepare = unsafe prepare
    }
  }

  /// An input, which does not keep the tensor that it belonged to.
  enum Input: Sendable {
    case known(Tensor)
    case deferred(DeferredImages)
  }

  private struct State {
    /// The operation and its inputs; `nil` after the result has been computed.
    var origin: (operation: Operation, inputs: [Input])?
    var computed: Storage?

    /// Computes max pooling together with the operation, for a result with this node.
    var pool: (@Sendable (Window) -> Tensor)?

    /// Records the gradients of the result with ReLU, for a result with this node.
    var record: (@Sendable (Tensor) -> Tensor)?
    weak var node: Node?
  }

  /// The number of images.
  let batch: Int

  /// The number of operations in the longest chain that ends with this one.
  ///
  /// A chain is computed by recursion, whose depth a model in a file must not choose.
  private let depth: Int

  /// The largest depth of a chain.
  private static let largestDepth = 64

  /// Whether further operations may be deferred after this one.
  var mayBeInput: Bool { depth < Self.largestDepth }

  /// The same operation followed by ReLU, if there is one; it replaces both.
  let rectified: Operation?

  private let state: Mutex<State>

  /// The number of deferred operations on the result.
  private let uses = Atomic<Int>(0)

  /// Whether tensors have this result.
  private let isHeld = Atomic<Bool>(true)

  /// - Parameters:
  ///   - batch: The number of images.
  ///   - inputs: One or two inputs.
  ///   - operation: The operation.
  ///   - rectified: The operation followed by ReLU, if it computes both at once.
  init(_ batch: Int, _ inputs: [Input], _ operation: Operation, rectified: Operation? = nil) {
    self.batch = batch
    self.rectified = rectified
    depth = inputs.reduce(1) { depth, input in
      if case .deferred(let images) = input { max(depth, images.depth + 1) } else { depth }
    }
    state = Mutex(State(origin: (operation, inputs)))
    for case .deferred(let images) in inputs { images.uses.add(1, ordering: .relaxed) }
  }

  deinit { state.withLock { Self.release($0.origin?.inputs) } }

  /// The result with ReLU, not computed yet; `nil` if this result has been computed, or if `y` was
  /// computed from it by something that has a gradient of its own.
  ///
  /// - Parameter y: This result as a tensor.
  /// - Returns: The result with ReLU.
  func withReLU(_ y: Tensor) -> Tensor? {
    let (origin, record, node) = state.withLock { ($0.origin, $0.record, $0.node) }
    guard batch == y.shape.first, batch > 0, let origin else { return nil }
    if let rectified {
      let output = Tensor(y.shape, DeferredImages(batch, origin.inputs, rectified))
      if y.node == nil { return output }
      return y.node === node ? record?(output) : nil
    }
    guard y.node == nil else { return nil }
    let count = y.count / batch
    let relu = unsafe Operation(count: count, isInPlace: true) {
      { x, _, out in
        let (x, out) = unsafe (Shared(x), Shared(out))
        forEachPart(ofPixels: count, channels: 1) { start, count in
          unsafe kernels.relu(Int64(count), x + start, out + start)
        }
      }
    }
    return Tensor(y.shape, DeferredImages(batch, [y.imageInput], relu))
  }

  /// Sets what records the gradients of the result with ReLU, in place of the result.
  ///
  /// - Parameters:
  ///   - node: The node of the result.
  ///   - record: Records the gradients of its argument.
  func setReLU(of node: Node?, _ record: @escaping @Sendable (Tensor) -> Tensor) {
    state.withLock { ($0.record, $0.node) = (record, node) }
  }

  /// Sets how max pooling of the result is computed together with the operation.
  ///
  /// - Parameters:
  ///   - node: The node of the result.
  ///   - pool: Computes and records the pooled images, in place of the result.
  func setPooling(of node: Node?, _ pool: @escaping @Sendable (Window) -> Tensor) {
    state.withLock { ($0.pool, $0.node) = (pool, node) }
  }

  /// Max pooling of the result; `nil` if the result has been computed, or is not what `y` was
  /// computed from last, or if both cannot be computed together.
  func pooled(_ y: Tensor, by window: Window) -> Tensor? {
    guard PooledChoices.allows(window) else { return nil }
    let pool = state.withLock { y.node != nil && y.node === $0.node ? $0.pool : nil }
    return pool?(window)
  }

  /// Whether the result has been computed.
  var isComputed: Bool { state.withLock { $0.computed != nil } }

  /// Notes that no tensor has this result any more.
  func release() { isHeld.store(false, ordering: .releasing) }

  /// The result.
  var value: Storage {
    state.withLock { state in
      if let computed = state.computed { return computed }
      return unsafe compute(&state)
    }
  }

  /// Computes the result, and reads each part of it while it is in a core's cache.
  ///
  /// - Parameters:
  ///   - images: The number of images in each part but the last.
  ///   - read: Receives the index and the number of the images of a part, and their address.
  /// - Returns: Whether that was done; `false` if the result has been computed before.
  func compute(inPartsOf images: Int, _ read: @escaping Reading) -> Bool {
    state.withLock { state in
      guard state.computed == nil else { return false }
      _ = unsafe compute(&state, inPartsOf: images, read)
      return true
    }
  }

  typealias Reading = @Sendable (_ start: Int, _ count: Int, UnsafePointer<Float>) -> Void

  private func compute(
    _ state: inout sending State, inPartsOf images: Int? = nil, _ read: Reading? = nil
  ) -> Storage {
    // Until it is computed, there is an origin.
    let origin = unsafe state.origin.unsafelyUnwrapped
    let recipe = Self.recipe(origin.operation, origin.inputs)
    let storage = Storage(uninitialized: batch * origin.operation.count)
    unsafe recipe.compute(batch, into: storage, inPartsOf: images, read)
    Self.release(origin.inputs)
    state = State(computed: storage)
    return storage
  }

  /// Whether the result is computed again whenever it is needed, instead of being stored.
  var isCheap: Bool {
    guard let (operation, inputs) = state.withLock({ $0.origin }) else { return false }
    return operation.isCheap
      && inputs.allSatisfy { input in
        if case .deferred(let images) = input { return images.isCheap }
        return true
      }
  }

  private static func release(_ inputs: [Input]?) {
    for case .deferred(let images) in inputs ?? [] { images.uses.subtract(1, ordering: .relaxed) }
  }

  /// Whether the result may be needed again.
  private var isShared: Bool {
    isHeld.load(ordering: .acquiring) || uses.load(ordering: .relaxed) > 1
  }

  /// How the result of an operation is obtained.
  ///
  /// Rows and columns of its input that it does not read are left out, if nothing else needs them.
  /// The input must have the shape in which it was computed: a reshaped one has other rows.
  private static func recipe(_ operation: Operation, _ inputs: [Input]) -> Recipe {
    if let cropped = operation.croppedInput, case .deferred(let images)? = inputs.first,
      !images.isShared, let origin = images.state.withLock({ $0.origin }),
      let input = origin.operation.croppedOutput, input.shape == cropped.shape
    {
      let inputOperation = input.operation(cropped.extent)
      return .computed(cropped.operation(), [recipe(inputOperation, origin.inputs)])
    }
    return .computed(operation, inputs.map(recipe))
  }

  /// How an input is obtained; computes it if it may be needed again.
  fileprivate static func recipe(of input: Input) -> Recipe {
    switch input {
    case .known(let tensor):
      tensor.materialize()
      return .known(tensor.storage, count: tensor.count / max(tensor.shape[0], 1))
    case .deferred(let images):
      if let origin = images.state.withLock({ $0.origin }), !images.isShared || images.isCheap {
        return recipe(origin.operation, origin.inputs)
      }
      let storage = images.value
      return .known(storage, count: storage.count / max(images.batch, 1))
    }
  }
}

/// How to obtain each image.
private enum Recipe: Sendable {
  case known(Storage, count: Int)
  indirect case computed(DeferredImages.Operation, [Recipe])

  /// Computes all images, and lets `read` read each part.
  func compute(
    _ batch: Int, into storage: Storage, inPartsOf images: Int?, _ read: DeferredImages.Reading?
  ) {
    let count = storage.count / max(batch, 1)
    let out = unsafe Shared(storage.pointer)
    // No image depends on the number of images in a chunk.
    parallel(over: 0..<batch, grain: images ?? min(max(batch / 16, 1), 16)) { start, images in
      let scratch = Scratch(largestCount)
      let compute = unsafe worker(scratch)
      for index in start..<start + images {
        _ = unsafe compute(index, out + index * count)
      }
      withExtendedLifetime(scratch) {}
      unsafe read?(start, images, UnsafePointer(out + start * count))
    }
  }

  /// The number of elements of the largest image between two operations.
  fileprivate var largestCount: Int {
    guard case .computed(_, let inputs) = self else { return 0 }
    return inputs.reduce(0) { largest, input in
      guard case .computed(let operation, _) = input else { return largest }
      return max(largest, operation.count, input.largestCount)
    }
  }

  /// An image, and whether it is in the scratch memory.
  fileprivate typealias Image = (address: UnsafeMutablePointer<Float>, isScratch: Bool)

  /// Returns a closure for one thread, which computes the image with an index, at an address if
  /// there is one.
  fileprivate func worker(
    _ scratch: Scratch
  ) -> (_ index: Int, _ destination: UnsafeMutablePointer<Float>?) -> Image {
    switch self {
    case .known(let storage, let count):
      let first = unsafe storage.pointer
      return { index, _ in unsafe (first + index * count, false) }
    case .computed(let operation, let inputs):
      let first = unsafe inputs[0].worker(scratch)
      let other = unsafe inputs.count > 1 ? inputs[1].worker(scratch) : nil
      let work = unsafe operation.prepare()
      return { index, destination in
        let a = unsafe first(index, nil)
        let b = other?(index, nil)
        let reused = unsafe a.isScratch ? a : b?.isScratch == true ? b : nil
        let out =
          unsafe destination ?? (operation.isInPlace ? reused?.address : nil) ?? scratch.take()
        unsafe work(a.address, b?.address ?? a.address, out)
        if unsafe a.isScratch, unsafe a.address != out { unsafe scratch.give(a.address) }
        if let b = unsafe b, unsafe b.isScratch, unsafe b.address != out {
          unsafe scratch.give(b.address)
        }
        return unsafe (out, destination == nil)
      }
    }
  }
}

/// Access to the images of a tensor one by one, for parallel loops.
///
/// Images that are cheap to compute are not stored.
struct ImageSource: Sendable {
  private let recipe: Recipe

  /// Computes images that are deferred and not cheap, on all threads.
  init(_ tensor: Tensor) { recipe = DeferredImages.recipe(of: tensor.imageInput) }

  /// Returns a closure for one thread, which returns the address of the image with an index.
  ///
  /// The address is valid until the next call of the closure, and as long as the closure lives: use
  /// `withExtendedLifetime`.
  func reader() -> (_ index: Int) -> UnsafePointer<Float> {
    switch recipe {
    case .known(let storage, let count):
      let first = unsafe UnsafePointer(storage.pointer)
      return { index in unsafe first + index * count }
    case .computed(let operation, _):
      let image = Storage(uninitialized: operation.count)
      let compute = unsafe recipe.worker(Scratch(recipe.largestCount))
      return { index in unsafe UnsafePointer(compute(index, image.pointer).address) }
    }
  }
}

/// Memory of one thread for images between two operations.
@safe private final class Scratch {
  private let count: Int
  private var blocks: [Storage] = []
  private var unused: [UnsafeMutablePointer<Float>] = unsafe []

  /// - Parameter count: The number of elements of each block.
  init(_ count: Int) { self.count = count }

  /// Returns the most recently used free block.
  func take() -> UnsafeMutablePointer<Float> {
    if let block = unsafe unused.popLast() { return unsafe block }
    let block = Storage(uninitialized: count)
    blocks.append(block)
    return unsafe block.pointer
  }

  func give(_ block: UnsafeMutablePointer<Float>) { unsafe unused.append(block) }
}

extension Tensor {
  /// This tensor as the input of a deferred operation on its images.
  var imageInput: DeferredImages.Input {
    if let images = storage.images, images.batch == shape.first, !images.isComputed {
      if images.mayBeInput { return .deferred(images) }
      // At once, so that a chain after it does not begin with another one.
      materialize()
    }
    return .known(withoutGradient)
  }

  /// Creates the result of a deferred operation; no gradient passes through.
  init(_ shape: Shape, _ images: DeferredImages) {
    self.init(shape: shape, storage: Storage(images, count: shape.elementCount))
  }
}
