public import Tensors

/// Joins its inputs along an axis.
public final class Concatenate: Layer {
  /// The axis, counted with the batch, which it is not; negative counts from the end.
  public let axis: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axis: The axis, counted with the batch, which it is not; negative counts from the end.
  ///   - name: What the layer is called.
  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    super.init(name: name)
  }

  /// Merges inputs.
  public override class var mergesInputs: Bool { true }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] { axis == -1 ? [:] : ["axis": .integer(axis)] }

  /// The shape of the first input, with the extents along the axis added up.
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

  /// The shape of the only input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { inputShape }

  /// Joins the inputs.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    Tensor(concatenating: inputs, axis: axis)
  }

  /// Joins a single input: returns its elements.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { call([x], training: training) }
}

extension Concatenate: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(axis: try reader.axis(), name: reader.layer)
  }
}
