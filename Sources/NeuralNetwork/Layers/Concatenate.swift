public import JSON
public import Tensors

/// Concatenates its inputs along an axis.
///
/// ```swift
/// let (fine, coarse) = (Tensor(zeros: [8, 14, 14, 32]), Tensor(zeros: [8, 14, 14, 64]))
/// let both = Concatenate()([fine, coarse])  // [8, 14, 14, 96]
/// ```
public final class Concatenate: Layer {
  /// The axis to concatenate, counted with the batch axis as 0, which is not allowed; negative
  /// values count from the end.
  public let axis: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axis: The axis to concatenate, counted with the batch axis as 0, which is not allowed;
  ///     negative values count from the end.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    super.init(name: name)
  }

  /// Always `true`.
  public override class var mergesInputs: Bool { true }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { axis == -1 ? [:] : ["axis": .integer(axis)] }

  /// The shape of the first input, with the sum of all extents along the axis.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard let first = inputShapes.first else { throw ShapeError(self, "needs an input") }
    let rank = first.count + 1
    let position = (axis < 0 ? axis + rank : axis) - 1
    guard first.indices.contains(position) else {
      throw ShapeError(self, "joins along the axis \(axis), which the input \(first) has not")
    }
    var dimensions = first.dimensions
    for shape in inputShapes.dropFirst() {
      guard shape.count == first.count,
        shape.indices.allSatisfy({ $0 == position || shape[$0] == first[$0] })
      else {
        throw ShapeError(self, "cannot join inputs of the shapes \(first) and \(shape)")
      }
      dimensions[position] += shape[position]
    }
    return try mergedShape(dimensions)
  }

  /// The shape of a single input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { inputShape }

  /// Concatenates the inputs.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    Tensor(concatenating: inputs, axis: axis)
  }

  /// Concatenates a single input, which returns its elements.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { call([x], training: training) }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// The masks one after another if the steps are concatenated, and otherwise the steps that count
  /// in one of the inputs.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    guard inputs.contains(where: { $0.mask != nil }) else { return nil }
    let axis = axis < 0 ? axis + inputs[0].rank : axis
    let masks = inputs.map { $0.mask ?? Tensor(repeating: 1, shape: Shape($0.shape.prefix(2))) }
    return axis == 1
      ? Tensor(concatenating: masks, axis: 1)
      : masks.dropFirst().reduce(masks[0]) { Tensor.maximum($0, $1) }
  }
}

extension Concatenate: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(axis: try reader.axis(), name: reader.name)
  }
}
