import Preconditions
import Threads

/// A mutable tensor, such as a weight of a layer or a slot of an optimizer.
///
/// A variable must be used by one task at a time; it is not `Sendable`.
///
/// ```swift
/// let weight = Variable([1, 2], name: "weight")
/// let loss = withGradientTape { (weight.value * weight.value).sum() }
/// weight.value = weight.value - 0.1 * loss.gradients()[weight]!  // [0.8, 1.6]
/// ```
public final class Variable {
  /// The name of the variable in its layer, such as `kernel`.
  public let name: String

  /// The shape, which never changes.
  public let shape: Shape

  /// Whether gradients are computed with respect to the variable.
  public var isTrainable: Bool

  /// Whether the variable is a counter, which files store as a 64-bit integer.
  public let isInteger: Bool

  /// The penalty that training adds to its loss, as a scalar; `nil` for none.
  ///
  /// Keras's `regularizer`.
  public var regularizer: (@Sendable (Tensor) -> Tensor)?

  /// What an optimizer makes of the value after each step; `nil` if it stays as it is.
  ///
  /// Keras's `constraint`. The result must have the variable's shape.
  public var constraint: (@Sendable (Tensor) -> Tensor)?

  private var stored: Tensor

  /// Creates a variable.
  ///
  /// - Parameters:
  ///   - value: The initial value.
  ///   - name: The name of the variable in its layer.
  ///   - isTrainable: Whether gradients are computed with respect to the variable.
  ///   - isInteger: Whether the variable is a counter.
  public init(
    _ value: Tensor, name: String, isTrainable: Bool = true, isInteger: Bool = false
  ) {
    self.name = name
    self.shape = value.shape
    self.isTrainable = isTrainable
    self.isInteger = isInteger
    self.stored = value.withoutGradient
  }

  /// The value; reads inside ``withGradientTape(file:line:_:)`` are recorded.
  ///
  /// - Precondition: A new value has the variable's shape.
  public var value: Tensor {
    get {
      guard isTrainable, GradientTape.isRecording else { return stored }
      return Tensor(
        shape: shape, storage: stored.storage, node: Node(variable: ObjectIdentifier(self)))
    }
    set {
      require(
        newValue.shape == shape,
        """
        The value of the variable `\(name)` must have its shape, \(shape), but has \
        \(newValue.shape).
        """)
      stored = newValue.withoutGradient
    }
  }

  /// Accesses the elements for changes in place; tensors that were read before keep their values.
  ///
  /// - Parameter body: A closure that receives the address of the first element.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  public func withUnsafeMutablePointer<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe stored.withUnsafeMutablePointer(body)
  }

  /// The address of the first element, for changes in place.
  ///
  /// Tensors that were read before keep their values. The address is valid until the variable is
  /// read or assigned.
  var elements: Shared<UnsafeMutablePointer<Float>> {
    unsafe Shared(stored.withUnsafeMutablePointer { unsafe $0 })
  }
}
