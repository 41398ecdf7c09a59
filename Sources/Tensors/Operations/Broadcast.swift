import Preconditions
import Threads

extension Shape {
  /// The broadcast shape of two shapes by NumPy's rules: axes are aligned from the last one, and
  /// extents of 1 are repeated.
  func broadcast(with other: Shape) -> Shape {
    let rank = Swift.max(self.count, other.count)
    return Shape(
      (0..<rank).map { axis in
        let a = extent(axis - rank + self.count)
        let b = other.extent(axis - rank + other.count)
        require(
          a == b || a == 1 || b == 1,
          "Shapes must be equal or 1 on each axis to be broadcast, but are \(self) and \(other).")
        return a == 1 ? b : a
      })
  }

  private func extent(_ axis: Int) -> Int { axis < 0 ? 1 : dimensions[axis] }
}

extension Tensor {
  /// Broadcasts the tensor: repeats it along missing axes and axes of extent 1.
  ///
  /// - Parameters:
  ///   - shape: The shape of the result.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of that shape.
  /// - Precondition: The shapes are compatible by NumPy's broadcasting rules.
  public func broadcast(to shape: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    guard shape != self.shape else { return self }
    require(
      self.shape.broadcast(with: shape) == shape,
      "A tensor of shape \(self.shape) cannot be broadcast to \(shape).", file: file, line: line)
    let missing = shape.count - rank
    let strides = self.shape.strides
    let steps = shape.indices.map { axis in
      axis < missing || self.shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
    let origin = self.shape
    materialize()
    return Tensor(inParallel: shape) { out in
      // Parts along the first axis.
      let part = Shape(shape.dropFirst())
      let (rows, count) = (shape[0], part.elementCount)
      let grain = Swift.max(1, elementwiseGrain / Swift.max(count, 1))
      parallel(over: 0..<rows, grain: grain) { start, rows in
        unsafe copy(
          Shape([rows] + part.dimensions), steps, from: storage.pointer + start * steps[0],
          to: UnsafeMutableBufferPointer(start: out + start * count, count: rows * count))
      }
    }
    .computed(from: (self, { $0.summed(to: origin) }))
  }

  /// The gradient of a broadcast: sums over the repeated axes.
  func summed(to shape: Shape) -> Tensor {
    guard shape != self.shape else { return self }
    let missing = rank - shape.count
    let stretched = shape.indices.filter { shape[$0] == 1 && self.shape[$0 + missing] != 1 }
    return sum(axes: Array(0..<missing) + stretched.map { $0 + missing }).reshaped(shape)
  }
}

/// Copies elements into a contiguous shape; `steps` are the strides of the source.
func copy(
  _ shape: Shape, _ steps: [Int], from source: UnsafeMutablePointer<Float>,
  to out: UnsafeMutableBufferPointer<Float>
) {
  guard shape.elementCount > 0 else { return }
  // The last axis is the inner loop, merged with preceding axes that are contiguous with it.
  var run = 1
  var axes = shape.count
  let step = shape.indices.last { shape[$0] != 1 }.map { steps[$0] } ?? 1
  while axes > 0, steps[axes - 1] == run * step || shape[axes - 1] == 1 {
    run *= shape[axes - 1]
    axes -= 1
  }
  visit(Shape(shape.prefix(axes)), Array(steps.prefix(axes))) { position, other in
    let (target, origin) = unsafe (at(out, position * run), source + other)
    switch step {
    case 1: unsafe target.initialize(from: origin, count: run)
    case 0: unsafe target.initialize(repeating: origin.pointee, count: run)
    default: for index in 0..<run { unsafe target[index] = unsafe origin[index * step] }
    }
  }
}

/// Visits the elements of a contiguous shape in order, with their positions there and in an array
/// with strides `steps`.
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
