public import JSON
import Preconditions
public import Tensors

/// The dot product of its two inputs along an axis of each, for every combination of their other
/// axes.
///
/// Inputs `[batch, a, k]` and `[batch, k, b]` with the axes 2 and 1 give `[batch, a, b]`.
///
/// ```swift
/// let (users, films) = (
///   Tensor(repeating: 1, shape: [8, 32]), Tensor(repeating: 1, shape: [8, 32])
/// )
/// let scores = Dot(axes: (1, 1), normalize: true)([users, films])  // [8, 1]: their cosines
/// ```
public final class Dot: Layer {
  /// The axis of each input, counted with the batch axis as 0, which is not allowed; negative
  /// values count from the end.
  public let axes: (Int, Int)

  /// Whether to scale both inputs to the L2 norm 1 along their axis first, which gives the cosine
  /// similarity.
  public let normalize: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axes: The axis of each input, counted with the batch axis as 0, which is not allowed;
  ///     negative values count from the end.
  ///   - normalize: Whether to scale both inputs to the L2 norm 1 along their axis first.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(axes: (Int, Int), normalize: Bool = false, name: String? = nil) {
    (self.axes, self.normalize) = (axes, normalize)
    super.init(name: name)
  }

  /// Always `true`.
  public override class var mergesInputs: Bool { true }

  /// The axes, and whether to normalize, unless it is Keras's default.
  public override var config: JSON.Object {
    let list: JSON = .array([.integer(axes.0), .integer(axes.1)])
    return [
      "axes": axes.0 == axes.1 ? .integer(axes.0) : list,
      "normalize": normalize ? .bool(true) : nil,
    ]
  }

  /// The axes as non-negative indices for two ranks, the batch included.
  package func positions(_ ranks: (Int, Int)) -> (Int, Int) {
    (
      axes.0 < 0 ? axes.0 + ranks.0 : axes.0, axes.1 < 0 ? axes.1 + ranks.1 : axes.1
    )
  }

  /// The extents of both inputs without their axes; `[1]` if none are left.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard inputShapes.count == 2 else {
      throw ShapeError(self, "takes two inputs, not \(inputShapes.count)")
    }
    let (a, b) = (inputShapes[0], inputShapes[1])
    let (i, j) = positions((a.count + 1, b.count + 1))
    guard (1..<a.count + 1).contains(i), (1..<b.count + 1).contains(j) else {
      throw ShapeError(self, "has the axes \(axes), which its inputs \(a) and \(b) have not")
    }
    guard a[i - 1] == b[j - 1] else {
      throw ShapeError(
        self, "has inputs of the shapes \(a) and \(b), which differ along the axes \(axes)")
    }
    let rest = a.without(i - 1) + b.without(j - 1)
    return try mergedShape(rest.isEmpty ? [1] : rest)
  }

  /// Fails, because a product needs two inputs.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    throw ShapeError(self, "takes two inputs, not 1")
  }

  /// The elements of the output, and of both inputs in the order of the product.
  override func workingCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    let inputs = inputShapes.reduce(0) { $0 + $1.elements }
    return try outputShape(inputShapes: inputShapes).elements + (normalize ? 2 : 1) * inputs
  }

  /// The number of multiplications, without those that fill vectors.
  func productCount(_ inputShapes: [Shape]) throws(ShapeError) -> Double {
    let j = positions((inputShapes[0].count + 1, inputShapes[1].count + 1)).1
    return try outputShape(inputShapes: inputShapes).elements * Double(inputShapes[1][j - 1])
  }

  override func multiplicationCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    let output = try outputShape(inputShapes: inputShapes)
    let j = positions((inputShapes[0].count + 1, inputShapes[1].count + 1)).1
    let columns = inputShapes[1].without(j - 1).reduce(1, *)
    let rows = output.elements / Double(Swift.max(columns, 1))
    return rows * Layer.vectorized(columns) * Double(inputShapes[1][j - 1])
  }

  /// Computes the products.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    require(inputs.count == 2, "The layer '\(name)' takes two inputs, but got \(inputs.count).")
    let (i, j) = positions((inputs[0].rank, inputs[1].rank))
    require(
      inputs[0].shape.indices.dropFirst().contains(i)
        && inputs[1].shape.indices.dropFirst().contains(j)
        && inputs[0].shape[i] == inputs[1].shape[j],
      """
      The layer '\(name)' has the axes \(axes), which do not fit inputs of the shapes \
      \(inputs[0].shape) and \(inputs[1].shape).
      """)
    // Source: `batch_dot` and `normalize` of Keras.
    let a = normalize ? inputs[0].unitNormalized(axes: [i], atLeast: 1e-7) : inputs[0]
    let b = normalize ? inputs[1].unitNormalized(axes: [j], atLeast: 1e-7) : inputs[1]
    let (batch, inner) = (a.shape[0], a.shape[i])
    let (rows, columns) = (
      a.shape.without(i).dropFirst().reduce(1, *), b.shape.without(j).dropFirst().reduce(1, *)
    )
    let left = a.transposed(a.shape.indices.filter { $0 != i } + [i])
      .reshaped([batch, rows, inner])
    let right = b.transposed([0, j] + b.shape.indices.filter { $0 != 0 && $0 != j })
      .reshaped([batch, inner, columns])
    let rest = a.shape.without(i) + b.shape.without(j).dropFirst()
    return left.batchMatrixProduct(right).reshaped(Shape(rest.count == 1 ? [batch, 1] : rest))
  }

  /// Fails, because a product needs two inputs.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { call([x], training: training) }

  /// Whether the layer understands masks: it drops them.
  public override var supportsMasking: Bool { true }

  /// `nil`, because the result has no steps.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? { nil }
}

extension Shape {
  /// The extents without that of an axis.
  fileprivate func without(_ axis: Int) -> [Int] {
    indices.filter { $0 != axis }.map { self[$0] }
  }
}

extension Dot: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let axes = try reader.integers("axes", in: -8...8) ?? []
    guard (1...2).contains(axes.count), !axes.contains(0) else {
      throw reader.invalid("axes", "is not one or two axes other than 0")
    }
    self.init(
      axes: (axes[0], axes[axes.count - 1]),
      normalize: try reader.bool("normalize", default: false), name: reader.name)
  }
}
