extension Tensor {
  /// Returns the same elements in another shape; nothing is copied.
  ///
  /// - Parameter shape: The new shape, with the same number of elements.
  /// - Returns: A tensor of that shape.
  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(
      shape.elementCount == count, "the shape \(self.shape) cannot be reshaped to \(shape)")
    let origin = self.shape
    return Tensor(shape: shape, storage: storage)
      .computed(from: (self, { $0.reshaped(origin) }))
  }

  /// Returns the same elements with one more axis of extent 1, as `x[..., tf.newaxis]` does.
  ///
  /// - Parameter axis: Where the new axis stands in the result; negative counts from the end.
  /// - Returns: A tensor of rank `rank + 1`.
  public func newAxis(at axis: Int = -1) -> Tensor {
    let position = axis < 0 ? axis + rank + 1 : axis
    precondition((0...rank).contains(position), "there is no place \(axis) for a new axis")
    var dimensions = shape.dimensions
    dimensions.insert(1, at: position)
    return reshaped(Shape(dimensions))
  }

  /// Returns the tensor with its axes in another order.
  ///
  /// - Parameter permutation: For each axis of the result, the axis it was; by default reversed.
  /// - Returns: A tensor of the permuted shape.
  public func transposed(_ permutation: [Int]? = nil) -> Tensor {
    let permutation = permutation ?? shape.indices.reversed()
    precondition(
      permutation.sorted() == Array(shape.indices),
      "\(permutation) is not an order of the axes of \(shape)")
    let strides = shape.strides
    let permuted = Shape(permutation.map { shape[$0] })
    var inverse = permutation
    for (axis, origin) in permutation.enumerated() { inverse[origin] = axis }
    return Tensor(uninitialized: permuted) { out in
      copy(permuted, permutation.map { strides[$0] }, from: storage.pointer, to: out)
    }
    .computed(from: (self, { [inverse] in $0.transposed(inverse) }))
  }

  /// Returns some of the entries along the first axis, such as the images of a batch.
  ///
  /// - Parameter rows: The entries.
  /// - Returns: A tensor of shape `[rows.count, …]`.
  public subscript(rows rows: Range<Int>) -> Tensor {
    precondition(rank > 0 && rows.upperBound <= shape[0], "\(shape) has no rows \(rows)")
    let shape = shape
    let width = shape.elementCount / Swift.max(shape[0], 1)
    return Tensor(uninitialized: Shape([rows.count] + shape.dropFirst())) { out in
      _ = out.initialize(
        from: UnsafeBufferPointer(
          start: storage.pointer + rows.lowerBound * width, count: rows.count * width))
    }
    .computed(
      from: (
        self,
        { gradient in
          Tensor(uninitialized: shape) { out in
            out.initialize(repeating: 0)
            at(out, rows.lowerBound * width)
              .update(from: gradient.storage.pointer, count: gradient.count)
          }
        }
      ))
  }

  /// Joins tensors of one shape along a new first axis.
  ///
  /// - Parameter tensors: At least one tensor; gradients do not pass through.
  public init(stacking tensors: [Tensor]) {
    precondition(!tensors.isEmpty, "there is nothing to stack")
    let shape = tensors[0].shape
    self.init(uninitialized: Shape([tensors.count] + shape.dimensions)) { out in
      for (index, tensor) in tensors.enumerated() {
        precondition(
          tensor.shape == shape, "\(tensor.shape) cannot be stacked with \(shape)")
        at(out, index * shape.elementCount)
          .initialize(from: tensor.storage.pointer, count: shape.elementCount)
      }
    }
  }
}

extension Tensor {
  /// Returns entries along the first axis, in any order; no gradient passes through.
  ///
  /// - Parameter rows: Which entries.
  /// - Returns: A tensor of shape `[rows.count, …]`.
  public func gathering(_ rows: some Collection<Int>) -> Tensor {
    precondition(rank > 0, "a scalar has no rows")
    let width = shape.dropFirst().reduce(1, *)
    return Tensor(uninitialized: Shape([rows.count] + shape.dropFirst())) { out in
      for (position, row) in rows.enumerated() {
        precondition(row >= 0 && row < shape[0], "\(shape) has no row \(row)")
        at(out, position * width).initialize(from: storage.pointer + row * width, count: width)
      }
    }
  }
}
