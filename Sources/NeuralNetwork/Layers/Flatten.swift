public import Tensors

/// Flattens all axes except the batch into one, in row-major order.
///
/// ```swift
/// let rows = Flatten()(Tensor(zeros: [8, 7, 7, 64]))  // [8, 3136]
/// ```
public final class Flatten: Layer {
  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// The shape `[elements]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    [inputShape.elementCount]
  }

  /// Returns the same elements in the shape `[batch, elements]`.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.withoutLogits.reshaped([x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}

extension Flatten: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(name: reader.name)
  }
}
