import Preconditions
public import Tensors

/// A layer that merges inputs element by element, as ``Add`` does.
///
/// Shapes are broadcast as in Keras: axes are matched from the last one, an extent of 1 is
/// stretched, and an input of fewer axes gets extents of 1 behind its batch.
public class Merge: Layer {
  /// Merges inputs.
  public override class var mergesInputs: Bool { true }

  /// Merges two tensors of shapes that can be broadcast with each other; the layer does so from
  /// left to right.
  func merge(_ a: Tensor, _ b: Tensor) -> Tensor {
    fail("\(Self.className) must override `merge(_:_:)`.")
  }

  /// The common shape of the inputs.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard var common = inputShapes.first else { throw ShapeError(self, "needs an input") }
    for shape in inputShapes.dropFirst() {
      let rank = max(common.count, shape.count)
      func padded(_ shape: Shape) -> [Int] {
        Array(repeating: 1, count: rank - shape.count) + shape.dimensions
      }
      let pairs = Array(zip(padded(common), padded(shape)))
      guard pairs.allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
        throw ShapeError(self, "cannot merge inputs of the shapes \(common) and \(shape)")
      }
      common = try mergedShape(pairs.map { $0 == 1 ? $1 : $0 })
    }
    return common
  }

  /// The shape of the only input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { inputShape }

  /// Merges the inputs.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    let rank = inputs.map(\.rank).max() ?? 0
    let aligned = inputs.map { x in
      x.rank == rank
        ? x
        : x.reshaped(
          Shape(
            x.shape.prefix(1) + Array(repeating: 1, count: rank - x.rank) + x.shape.dropFirst()))
    }
    return aligned.dropFirst().reduce(aligned[0], merge)
  }

  /// Merges a single input: returns it.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { call([x], training: training) }
}

extension Layer {
  /// Makes a shape that is larger than those of the inputs it comes from.
  ///
  /// Small inputs can be merged again and again to one that no integer counts the elements of, so
  /// there is a limit.
  func mergedShape(_ dimensions: [Int]) throws(ShapeError) -> Shape {
    let limit = 1 << 27
    guard dimensions.reduce(1, { $0 * Double($1) }) <= Double(limit) else {
      throw ShapeError(self, "needs more than \(limit) numbers for a single example")
    }
    return Shape(dimensions)
  }
}
