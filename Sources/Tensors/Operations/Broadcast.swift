extension Shape {
  /// The shape that NumPy's rules give two shapes: axes are matched from the last one, and an
  /// extent of 1 is stretched.
  func broadcast(with other: Shape) -> Shape {
    let rank = Swift.max(self.count, other.count)
    return Shape(
      (0..<rank).map { axis in
        let a = extent(axis - rank + self.count)
        let b = other.extent(axis - rank + other.count)
        precondition(
          a == b || a == 1 || b == 1, "the shapes \(self) and \(other) do not go together")
        return a == 1 ? b : a
      })
  }

  private func extent(_ axis: Int) -> Int { axis < 0 ? 1 : dimensions[axis] }
}

extension Tensor {
  /// Repeats the tensor along axes that it lacks or that have the extent 1.
  ///
  /// - Parameter shape: The shape of the result.
  /// - Returns: A tensor of that shape.
  /// - Precondition: The shapes go together by NumPy's rules.
  public func broadcast(to shape: Shape) -> Tensor {
    guard shape != self.shape else { return self }
    precondition(
      self.shape.broadcast(with: shape) == shape,
      "the shape \(self.shape) cannot be broadcast to \(shape)")
    let missing = shape.count - rank
    let strides = self.shape.strides
    let steps = shape.indices.map { axis in
      axis < missing || self.shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
    let origin = self.shape
    return Tensor(uninitialized: shape) { out in
      visit(shape, steps) { out[$0] = storage.pointer[$1] }
    }
    .computed(from: (self, { $0.summed(to: origin) }))
  }

  /// The opposite of a broadcast: sums over the axes that were repeated.
  func summed(to shape: Shape) -> Tensor {
    guard shape != self.shape else { return self }
    let missing = rank - shape.count
    let stretched = shape.indices.filter { shape[$0] == 1 && self.shape[$0 + missing] != 1 }
    return sum(axes: Array(0..<missing) + stretched.map { $0 + missing }).reshaped(shape)
  }
}

/// Walks a contiguous shape in order, calling `body` with the position and the position that
/// `steps` gives in another array.
func visit(_ shape: Shape, _ steps: [Int], _ body: (_ position: Int, _ other: Int) -> Void) {
  var index = [Int](repeating: 0, count: shape.count)
  var other = 0
  for position in 0..<shape.elementCount {
    body(position, other)
    for axis in shape.indices.reversed() {
      index[axis] += 1
      other += steps[axis]
      if index[axis] < shape[axis] { break }
      other -= steps[axis] * shape[axis]
      index[axis] = 0
    }
  }
}
