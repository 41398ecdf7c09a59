import Preconditions
public import Tensors

/// Subtracts its second input from its first, elementwise.
///
/// ```swift
/// let difference = Subtract()([x, y])  // [[1, 2]] and [[10, 20]] → [[-9, -18]]
/// ```
public final class Subtract: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { a - b }

  /// The common shape of the two inputs.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard inputShapes.count == 2 else {
      throw ShapeError(self, "takes two inputs, not \(inputShapes.count)")
    }
    return try super.outputShape(inputShapes: inputShapes)
  }

  /// Subtracts the second input from the first.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    require(inputs.count == 2, "The layer '\(name)' takes two inputs, but got \(inputs.count).")
    return super.call(inputs, training: training)
  }
}

extension Subtract: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
