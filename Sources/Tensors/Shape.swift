import Preconditions

/// The extents of a tensor, outermost axis first; `[]` is a scalar.
///
/// A shape is a collection of extents; `count` is the number of axes.
///
/// ```swift
/// let shape: Shape = [32, 28, 28, 1]  // [batch, height, width, channels]
/// let pixels = Shape(shape.dropFirst()).elementCount  // 784
/// ```
public struct Shape: Hashable, Sendable {
  /// The extent of each axis.
  public let dimensions: [Int]

  /// The number of elements: the product of the extents, 1 for a scalar.
  public let elementCount: Int

  /// Creates a shape.
  ///
  /// - Parameter dimensions: The extent of each axis, each at least 0.
  /// - Precondition: All extents are at least 0, and the number of elements fits an `Int`.
  public init(_ dimensions: some Sequence<Int>) {
    let dimensions = Array(dimensions)
    var count = 1
    for dimension in dimensions {
      require(
        dimension >= 0,
        "Shape: every extent must be at least 0, but one of \(dimensions) is \(dimension).")
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      require(
        !overflow, "Shape: the number of elements must fit an Int, but \(dimensions) has more.")
      count = product
    }
    self.dimensions = dimensions
    self.elementCount = count
  }

  /// The strides of a contiguous tensor, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: dimensions.count)
    for axis in dimensions.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// Converts a negative axis, which counts from the end, to a non-negative index.
  func axis(_ axis: Int) -> Int {
    let positive = axis < 0 ? axis + count : axis
    require(
      dimensions.indices.contains(positive),
      "`axis` must be from \(-count) to \(count - 1) for a tensor of shape \(self), but is \(axis)."
    )
    return positive
  }
}

extension Shape: RandomAccessCollection {
  /// The position of the first axis.
  public var startIndex: Int { 0 }

  /// The number of axes.
  public var endIndex: Int { dimensions.count }

  /// The extent of an axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Creates a shape from the extents in a literal.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }
}

extension Shape: CustomStringConvertible {
  /// The extents in brackets, such as `[32, 28, 28, 1]`.
  public var description: String { "\(dimensions)" }
}
