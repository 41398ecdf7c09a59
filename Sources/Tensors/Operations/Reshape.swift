internal import CKernels
import Preconditions

extension Tensor {
  /// Returns the same elements in another shape, without a copy.
  ///
  /// - Parameters:
  ///   - shape: The new shape, with the same number of elements.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of that shape.
  public func reshaped(_ shape: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    require(
      shape.elementCount == count,
      """
      The new shape must have \(count) elements like \(self.shape), but \(shape) has \
      \(shape.elementCount).
      """, file: file, line: line)
    let origin = self.shape
    return Tensor(shape: shape, storage: storage)
      .computed(from: (self, { $0.reshaped(origin) }))
  }

  /// Returns the same elements with one more axis of extent 1, as `x[..., tf.newaxis]` does.
  ///
  /// - Parameters:
  ///   - axis: The position of the new axis in the result; negative values count from the end.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of rank `rank + 1`.
  public func newAxis(at axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    let position = axis < 0 ? axis + rank + 1 : axis
    require(
      (0...rank).contains(position),
      "`axis` must be from \(-rank - 1) to \(rank) for a new axis in \(shape), but is \(axis).",
      file: file, line: line)
    var dimensions = shape.dimensions
    dimensions.insert(1, at: position)
    return reshaped(Shape(dimensions))
  }

  /// Transposes the tensor: permutes its axes.
  ///
  /// - Parameters:
  ///   - permutation: The source axis of each axis of the result; `nil` reverses the axes.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of the permuted shape.
  public func transposed(
    _ permutation: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let permutation = permutation ?? shape.indices.reversed()
    require(
      permutation.sorted() == Array(shape.indices),
      "`permutation` must name each axis of \(shape) once, but is \(permutation).", file: file,
      line: line)
    let strides = shape.strides
    let permuted = Shape(permutation.map { shape[$0] })
    var inverse = permutation
    for (axis, origin) in permutation.enumerated() { inverse[origin] = axis }
    return unsafe Tensor(uninitialized: permuted) { out in
      unsafe copy(
        permuted, permutation.map { strides[$0] }, from: storage.pointer, to: out)
    }
    .computed(from: (self, { [inverse] in $0.transposed(inverse) }))
  }

  /// Returns a slice along the first axis, such as images of a batch.
  ///
  /// - Parameter rows: The range of indices along the first axis.
  /// - Returns: A tensor of shape `[rows.count, …]`.
  public subscript(rows rows: Range<Int>) -> Tensor {
    require(
      rank > 0 && rows.upperBound <= shape[0],
      "`rows` must be within 0..<\(shape.first ?? 0), the first extent, but is \(rows).")
    return slice(rows, axis: 0)
  }

  /// Stacks tensors of one shape along a new first axis.
  ///
  /// - Parameters:
  ///   - tensors: At least one tensor; gradients do not pass through.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(stacking tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line) {
    require(
      !tensors.isEmpty, "`stacking` needs at least one tensor, but got none.", file: file,
      line: line)
    let shape = tensors[0].shape
    unsafe self.init(uninitialized: Shape([tensors.count] + shape.dimensions)) { out in
      for (index, tensor) in tensors.enumerated() {
        require(
          tensor.shape == shape,
          "Stacked tensors must have the same shape, but have \(shape) and \(tensor.shape).",
          file: file, line: line)
        unsafe at(out, index * shape.elementCount)
          .initialize(from: tensor.storage.pointer, count: shape.elementCount)
      }
    }
  }
}

extension Tensor {
  /// Gathers entries along the first axis, in any order.
  ///
  /// The gradient adds up those of equal rows, in the order of the indices.
  ///
  /// - Parameters:
  ///   - rows: The indices of the entries.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of shape `[rows.count, …]`.
  public func gathering(
    _ rows: some Collection<Int>, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank > 0, "`gathering` needs a tensor with at least one axis, but the shape is \(shape).",
      file: file, line: line)
    let width = shape.dropFirst().reduce(1, *)
    let places = Array(rows)
    for row in places {
      require(
        row >= 0 && row < shape[0],
        "Rows must be from 0 to \(shape[0] - 1) for a tensor of shape \(shape), but one is \(row).",
        file: file, line: line)
    }
    return gathered(places, to: Shape([places.count] + shape.dropFirst()), width: width)
  }

  /// Copies pieces of `width` consecutive elements, and adds up their gradients in order.
  ///
  /// - Parameters:
  ///   - places: The numbers of the pieces, all of them within the tensor.
  ///   - shape: The shape of the result, with `places.count * width` elements.
  ///   - width: The number of elements of a piece.
  /// - Returns: The pieces, in the order of `places`.
  func gathered(_ places: [Int], to shape: Shape, width: Int) -> Tensor {
    let (source, origin) = (withoutGradient, self.shape)
    return unsafe Tensor(uninitialized: shape) { out in
      for (position, place) in places.enumerated() where width > 0 {
        unsafe at(out, position * width).initialize(
          from: source.storage.pointer + place * width, count: width)
      }
    }
    .computed(
      from: (
        self,
        { gradient in
          unsafe Tensor(uninitialized: origin) { out in
            unsafe out.initialize(repeating: 0)
            for (position, place) in places.enumerated() where width > 0 {
              let target = unsafe at(out, place * width)
              unsafe kernels.add(
                1, Int64(width), target, gradient.storage.pointer + position * width, target)
            }
          }
        }
      ))
  }
}
