import Preconditions
public import Tensors

/// A layer that merges its inputs elementwise, such as ``Add``.
///
/// Shapes are broadcast as in Keras: axes are aligned from the last one, extents of 1 are repeated,
/// and an input with fewer axes gets extents of 1 after its batch axis.
///
/// See ``Add`` for an example.
public class Merge: Layer {
  /// Whether the layer stands for an operation on tensors, which aligns the axes as numpy does.
  final var isOperation = false

  /// Always `true`.
  public override class var mergesInputs: Bool { true }

  /// Merges two tensors with compatible shapes; the layer merges its inputs from left to right.
  func merge(_ a: Tensor, _ b: Tensor) -> Tensor {
    fail("\(Self.className) must override `merge(_:_:)`.")
  }

  /// The common shape of the inputs.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard var common = inputShapes.first else { throw ShapeError(self, "needs an input") }
    for shape in inputShapes.dropFirst() {
      let rank = max(common.count, shape.count)
      guard !isOperation || common.count == shape.count else {
        throw ShapeError(
          self, "is an operation on tensors of different ranks: \(common) and \(shape)")
      }
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

  /// The shape of a single input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { inputShape }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// The steps that count in one of the inputs; all if an input has no mask.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    let masks = inputs.compactMap(\.mask)
    guard masks.count == inputs.count else { return nil }
    return masks.dropFirst().reduce(masks[0]) { Tensor.maximum($0, $1) }
  }

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

  /// Returns the single input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { call([x], training: training) }
}

extension Layer {
  /// Creates the shape of the merged inputs; throws if it has too many elements.
  ///
  /// Repeated merging of small inputs could otherwise overflow the element count.
  func mergedShape(_ dimensions: [Int]) throws(ShapeError) -> Shape {
    let limit = ModelBudget.Limit.peak
    guard dimensions.reduce(1, { $0 * Double($1) }) <= limit else {
      throw ShapeError(
        self, "needs more than \(Int(limit)) numbers for a single example", isExcessive: true)
    }
    return Shape(dimensions)
  }
}
