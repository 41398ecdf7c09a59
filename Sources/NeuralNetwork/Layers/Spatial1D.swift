public import JSON
public import Tensors

/// The base class of layers that move along the steps of a sequence, such as ``Conv1D``.
///
/// A sequence `[steps, channels]` has the elements of an image `[1, steps, channels]`, in the same
/// order. So the layer computes what its 2D counterpart computes for images of one row, with the
/// same kernels and without a copy.
///
/// See ``Conv1D`` for an example.
public class Spatial1D: Layer {
  /// The 2D counterpart, with the layer's options for the columns of images; it has no weights.
  package final let planar: Layer

  /// Creates a layer that computes what a 2D layer does.
  init(_ planar: Layer, name: String?) {
    self.planar = planar
    planar.isOneDimensional = true
    super.init(name: name)
  }

  /// The options in Keras's form: those of the 2D counterpart for one axis.
  public override var config: JSON.Object {
    JSON.Object(
      planar.config.map { key, value in
        (key, value.array?.last.map { last in JSON.array([last]) } ?? value)
      })
  }

  /// The weights, whose kernels have the shapes of the 2D counterpart without the height.
  public final override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try planar { layer throws(ShapeError) in
      try layer.weightSpecifications(inputShape: try image(inputShape))
    }.map { weight in
      WeightSpecification(
        weight.name, shape: Self.withoutRow(weight.shape, rank: 4),
        initializer: weight.initializer)
    }
  }

  /// The shape `[output steps, output channels]`; `[channels]` for global pooling.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let shape = try planar { layer throws(ShapeError) in
      try layer.outputShape(inputShape: try image(inputShape))
    }
    return Self.withoutRow(shape, rank: 3)
  }

  final override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    try planar { layer throws(ShapeError) in
      try layer.workingCount(inputShape: try image(inputShape))
    }
  }

  final override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try planar { layer throws(ShapeError) in
      try layer.multiplicationCount(inputShape: try image(inputShape))
    }
  }

  /// Computes what the 2D counterpart computes for images of one row.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let y = compute(x.newAxis(at: 1), training: training)
    return y.reshaped(Self.withoutRow(y.shape, rank: 4, axis: 1))
  }

  /// Computes the output of images of one row.
  func compute(_ images: Tensor, training: Bool) -> Tensor {
    planar.call(images, training: training)
  }

  /// Calls a closure with the 2D counterpart, whose errors become those of this layer.
  private func planar<Result>(
    _ body: (Layer) throws(ShapeError) -> Result
  ) throws(ShapeError) -> Result {
    do throws(ShapeError) { return try body(planar) } catch {
      throw ShapeError(self, error.problem)
    }
  }

  /// The shape of a sequence as that of an image of one row.
  private func image(_ inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == 2 else {
      throw ShapeError(self, "needs sequences [steps, channels], not \(inputShape)")
    }
    return Shape([1] + inputShape)
  }

  /// A shape of a rank without the axis of its row; any other shape remains as it is.
  private static func withoutRow(_ shape: Shape, rank: Int, axis: Int = 0) -> Shape {
    guard shape.count == rank else { return shape }
    return Shape(shape.indices.filter { $0 != axis }.map { shape[$0] })
  }
}

extension Size2D {
  /// A row of a number of columns, which is the size of a ``Spatial1D``.
  init(row width: Int) { self.init(1, width) }
}
