import Preconditions

/// A number or a list in a tensor literal such as `[[1, 2], [3, 4]]`.
///
/// The compiler creates it from literals; they may be nested to any depth.
///
/// ```swift
/// let matrix: Tensor = [[1, 2], [3, 4]]  // [2, 2], from literals
/// let rows: [[Float]] = [[1, 2], [3, 4]]
/// let same = Tensor(rows.flatMap { $0 }, shape: [2, 2])  // [2, 2], from variables
/// ```
public struct TensorLiteral: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, Sendable
{
  let shape: [Int]
  let scalars: [Float]

  /// Creates a number.
  public init(floatLiteral value: Float) {
    (shape, scalars) = ([], [value])
  }

  /// Creates a number.
  public init(integerLiteral value: Int) {
    (shape, scalars) = ([], [Float(value)])
  }

  /// Creates a list.
  ///
  /// - Precondition: The elements have the same shape.
  public init(arrayLiteral elements: TensorLiteral...) {
    self.init(elements)
  }

  init(_ elements: [TensorLiteral]) {
    let inner = elements.first?.shape ?? []
    for element in elements {
      require(
        element.shape == inner,
        """
        The rows of a tensor's literal must have the same shape, but have \(inner) and \
        \(element.shape).
        """)
    }
    shape = [elements.count] + inner
    scalars = elements.flatMap(\.scalars)
  }
}

extension Tensor: ExpressibleByArrayLiteral {
  /// Creates a tensor from numbers or from rows of the same shape.
  ///
  /// ```swift
  /// let x: Tensor = [[1, 2, 3], [4, 5, 6]]  // [2, 3]
  /// ```
  ///
  /// - Precondition: The rows have the same shape.
  public init(arrayLiteral elements: TensorLiteral...) {
    let literal = TensorLiteral(elements)
    self.init(literal.scalars, shape: Shape(literal.shape))
  }
}
