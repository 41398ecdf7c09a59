import NeuralNetwork
import Tensors

/// Computations along axes.
extension CProgram {
  /// The elements of some neighbouring axes: `count` of them, each `inner` elements apart, in
  /// `outer` blocks.
  struct Block {
    let outer: Int
    let count: Int
    let inner: Int
  }

  /// Adds a computation along some axes, which are brought next to each other if they are not.
  ///
  /// - Parameters:
  ///   - axes: The axes, as Keras counts them.
  ///   - shape: The shape of the input and the output.
  ///   - x: The address of the input.
  ///   - y: The address of the output.
  ///   - index: The index of the call.
  ///   - compute: Adds the computation, from an address to another or the same.
  mutating func alongAxes(
    _ axes: [Int], of shape: Shape, _ x: String, to y: String, _ index: Int,
    _ compute: (inout CProgram, String, String, Block) -> Void
  ) {
    let axes = axes.map { $0 < 0 ? $0 + shape.count : $0 - 1 }.sorted()
    let extents = shape.dimensions
    let (first, count) = (axes[0], axes.map { extents[$0] }.reduce(1, *))
    if axes == Array(first..<first + axes.count) {
      let block = Block(
        outer: extents[..<first].reduce(1, *), count: count,
        inner: extents[(first + axes.count)...].reduce(1, *))
      return compute(&self, x, y, block)
    }
    let order = shape.indices.filter { !axes.contains($0) } + axes
    let ordered = Shape(order.map { extents[$0] })
    let strides = [ordered.strides, order.map { shape.strides[$0] }]
    let between = scratch(shape.elementCount, index)
    loop(ordered.dimensions, strides: strides) { "\(between)[\($0[0])] = \(x)[\($0[1])];" }
    compute(
      &self, between, between, Block(outer: shape.elementCount / count, count: count, inner: 1))
    loop(ordered.dimensions, strides: strides) { "\(y)[\($0[1])] = \(between)[\($0[0])];" }
  }

  /// Numbers of a shape that is broadcast over another, with as few repetitions as possible.
  ///
  /// - Returns: The numbers, their count, and how many elements in a row have the same number.
  static func compact(
    _ values: [Float], _ own: Shape, over shape: Shape
  ) -> (values: [Float], count: Int, inner: Int) {
    let (own, full) = (own.dimensions, shape.dimensions)
    let used = own.indices.filter { own[$0] != 1 }
    let last = used.last ?? -1
    let first = used.first ?? 0
    if values.count == 1 { return (values, 1, 1) }
    // Between the first and the last axis that is used, all must be.
    guard (first...last).allSatisfy({ own[$0] == full[$0] }) else {
      let strides = Shape(own).strides
      let places = (0..<shape.elementCount).map { index in
        full.indices.reduce(0) { place, axis in
          let position = index / shape.strides[axis] % full[axis]
          return place + (own[axis] == 1 ? 0 : position * strides[axis])
        }
      }
      return (places.map { values[$0] }, places.count, 1)
    }
    return (values, values.count, full[(last + 1)...].reduce(1, *))
  }
}
