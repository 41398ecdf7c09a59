import Preconditions
import Threads

/// An n-dimensional array of 32-bit floats, contiguous, with the last axis varying fastest.
///
/// A tensor is a value: operations return new tensors, and copies share their elements until one of
/// them is changed (copy-on-write). Computations inside ``withGradientTape(file:line:_:)`` are
/// recorded, so that ``gradients(keepingRecording:file:line:)`` can differentiate them with respect
/// to variables.
///
/// ```swift
/// let x: Tensor = [[1, 2, 3], [4, 5, 6]]  // [2, 3]
/// let columns = x.mean(axes: [0])  // [2.5, 3.5, 4.5]
/// let centered = x - columns  // broadcast to [2, 3]
/// let element = centered[1, 0]  // 1.5
/// ```
public struct Tensor: Sendable {
  /// The extent of each axis.
  public let shape: Shape

  var storage: Storage

  /// The node of the recorded graph; `nil` without a gradient tape.
  let node: Node?

  /// The mask; `nil` for none.
  private let maskBox: MaskBox?

  init(shape: Shape, storage: Storage, node: Node? = nil, mask: MaskBox? = nil) {
    self.shape = shape
    self.storage = storage
    self.node = node
    maskBox = mask
  }

  /// Which steps of the sequences count: 1 for these, 0 for those to leave out, of the shape of the
  /// first axes; `nil` if all do.
  ///
  /// Keras's `_keras_mask`. Operations return tensors without a mask: layers that support masking
  /// pass it on.
  public var mask: Tensor? { maskBox?.mask }

  /// Returns the same tensor with a mask.
  ///
  /// - Parameter mask: The mask; `nil` for none.
  /// - Returns: A tensor that shares the elements and the recorded computation.
  public func withMask(_ mask: Tensor?) -> Tensor {
    Tensor(
      shape: shape, storage: storage, node: node,
      mask: mask.map { MaskBox($0.withoutGradient) })
  }

  /// Creates a tensor whose elements are written by a closure, which must write all of them.
  ///
  /// - Parameters:
  ///   - shape: The shape of the tensor.
  ///   - initialize: A closure that receives the uninitialized elements, in row-major order.
  /// - Throws: The error of `initialize`.
  public init<Failure: Error>(
    uninitialized shape: Shape,
    _ initialize: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    let storage = Storage(uninitialized: shape.elementCount)
    try unsafe initialize(
      UnsafeMutableBufferPointer(start: storage.pointer, count: shape.elementCount))
    self.init(shape: shape, storage: storage)
  }

  /// Creates a tensor whose elements lie in memory that belongs to an object.
  ///
  /// Changes in place change that memory, unless another tensor shares the elements.
  ///
  /// - Parameters:
  ///   - memory: The elements, in row-major order.
  ///   - shape: The shape of the tensor.
  ///   - owner: The object, which the tensor keeps.
  package init(in memory: UnsafeMutablePointer<Float>, shape: Shape, owner: AnyObject) {
    self.init(
      shape: shape,
      storage: unsafe Storage(memory, count: shape.elementCount, owner: owner))
  }

  /// Computes elements that are deferred, on all threads.
  ///
  /// Inside a parallel loop, one thread would compute all of them.
  func materialize() { _ = unsafe storage.pointer }

  /// Creates a tensor whose elements are written by the chunks of a parallel loop.
  ///
  /// - Parameters:
  ///   - shape: The shape of the tensor.
  ///   - initialize: A closure that receives the address of the uninitialized elements.
  @safe init(
    inParallel shape: Shape, _ initialize: (Shared<UnsafeMutablePointer<Float>>) -> Void
  ) {
    let storage = Storage(uninitialized: shape.elementCount)
    unsafe initialize(Shared(storage.pointer))
    self.init(shape: shape, storage: storage)
  }

  /// Creates a tensor from its elements.
  ///
  /// - Parameters:
  ///   - scalars: The elements, in row-major order.
  ///   - shape: The shape, with as many elements as `scalars`.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Precondition: `scalars.count == shape.elementCount`.
  public init(
    _ scalars: some Collection<Float>, shape: Shape, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      scalars.count == shape.elementCount,
      """
      `scalars` must have as many elements as the shape \(shape) (\(shape.elementCount)), but has \
      \(scalars.count).
      """, file: file, line: line)
    unsafe self.init(uninitialized: shape) { elements in
      _ = unsafe elements.initialize(fromContentsOf: scalars)
    }
  }

  /// Creates a tensor with one axis.
  ///
  /// - Parameter scalars: The elements.
  public init(_ scalars: [Float]) {
    self.init(scalars, shape: [scalars.count])
  }

  /// Creates a scalar, of shape `[]`.
  ///
  /// - Parameter scalar: Its value.
  public init(_ scalar: Float) {
    self.init(CollectionOfOne(scalar), shape: [])
  }

  /// Creates a tensor of equal elements.
  ///
  /// - Parameters:
  ///   - value: The value of each element.
  ///   - shape: The shape of the tensor.
  public init(repeating value: Float, shape: Shape) {
    unsafe self.init(uninitialized: shape) { unsafe $0.initialize(repeating: value) }
  }

  /// Creates a tensor of zeros.
  ///
  /// - Parameter shape: The shape of the tensor.
  public init(zeros shape: Shape) {
    self.init(shape: shape, storage: Storage(zeros: shape.elementCount), node: nil)
  }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// The number of elements.
  public var count: Int { shape.elementCount }

  /// A copy of the elements, in row-major order.
  public var scalars: [Float] {
    unsafe withUnsafePointer { unsafe [Float](UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The element of a tensor with a single element.
  ///
  /// - Precondition: The tensor has exactly one element.
  public var scalar: Float {
    require(
      count == 1, "`scalar` needs a tensor with exactly one element, but the shape is \(shape).")
    return unsafe withUnsafePointer { unsafe $0.pointee }
  }

  /// The same elements without the recorded computation (detached).
  public var withoutGradient: Tensor { Tensor(shape: shape, storage: storage) }

  /// Accesses the elements for the duration of a call.
  ///
  /// - Parameter body: A closure that receives the address of the first of ``count`` elements.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  public func withUnsafePointer<Result, Failure: Error>(
    _ body: (UnsafePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try unsafe body(UnsafePointer(storage.pointer))
  }

  /// Accesses the elements for changes in place; other tensors keep their values.
  ///
  /// - Parameters:
  ///   - body: A closure that receives the address of the first of ``count`` elements.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  /// - Precondition: The tensor was not recorded by a gradient tape.
  public mutating func withUnsafeMutablePointer<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result, file: StaticString = #fileID,
    line: UInt = #line
  ) throws(Failure) -> Result {
    require(
      node == nil,
      """
      A tensor that a gradient tape recorded cannot be changed in place; use `withoutGradient` \
      first.
      """, file: file, line: line)
    // Copies the elements if another tensor shares them, or if the storage refers to their logits
    // or product, which would no longer match.
    if !isKnownUniquelyReferenced(&storage) || storage.hasOrigin {
      let copy = Storage(uninitialized: count)
      unsafe copy.pointer.initialize(from: storage.pointer, count: count)
      storage = copy
    }
    storage.forgetTransformed()
    defer { withExtendedLifetime(storage) {} }
    return try unsafe body(storage.pointer)
  }
}

extension Tensor: Equatable {
  /// Whether two tensors have the same shape and bitwise equal elements.
  ///
  /// Bitwise comparison makes equality an equivalence relation: NaN equals itself, and −0 differs
  /// from 0.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    return a.storage === b.storage
      || (0..<a.count).allSatisfy {
        unsafe a.storage.pointer[$0].bitPattern == b.storage.pointer[$0].bitPattern
      }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements, such as `Tensor[2, 3](1.0, 2.0, 3.0, …)`.
  public var description: String {
    let shown = (0..<min(count, 8)).map { unsafe "\(storage.pointer[$0])" }.joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(count > 8 ? ", …" : ""))"
  }
}

extension Tensor {
  /// Whether two tensors share the same elements in memory and have the same shape.
  package func isSame(as other: Tensor) -> Bool {
    storage === other.storage && shape == other.shape
  }
}
