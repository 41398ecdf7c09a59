import Preconditions

/// A tensor that is kept and changed: a weight of a layer, a slot of an optimizer.
///
/// Variables belong to one task; they are not `Sendable`.
public final class Variable {
  /// What the variable is called in its layer, such as `kernel`.
  public let name: String

  /// The shape, which never changes.
  public let shape: Shape

  /// Whether gradients are taken with respect to the variable.
  public var isTrainable: Bool

  /// Whether the variable counts something: files keep it as a 64-bit integer.
  public let isInteger: Bool

  private var stored: Tensor

  /// Creates a variable.
  ///
  /// - Parameters:
  ///   - value: The initial value.
  ///   - name: What the variable is called in its layer.
  ///   - isTrainable: Whether gradients are taken with respect to it.
  ///   - isInteger: Whether it counts something.
  public init(
    _ value: Tensor, name: String, isTrainable: Bool = true, isInteger: Bool = false
  ) {
    self.name = name
    self.shape = value.shape
    self.isTrainable = isTrainable
    self.isInteger = isInteger
    self.stored = value.withoutGradient
  }

  /// The value; inside ``withGradientTape(_:)`` reading it is recorded.
  ///
  /// - Precondition: A new value has the shape of the variable.
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

  /// Changes the elements in place; tensors that were read before keep their values.
  ///
  /// - Parameter body: Receives the address of the first element.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withUnsafeMutablePointer<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try stored.withUnsafeMutablePointer(body)
  }

  /// Where the elements are, for changing them in place.
  ///
  /// Tensors that were read before keep their values. Valid until the variable is read or given
  /// another value.
  var elements: UnsafeMutablePointer<Float> { stored.withUnsafeMutablePointer { $0 } }
}
