public import JSON
import Preconditions
public import Tensors

/// The softmax function: eˣ / Σ eˣ, with the sum over some axes.
///
/// ```swift
/// let logits: Tensor = [[0, 0, 0, 0]]
/// let probabilities = Softmax()(logits)  // [[0.25, 0.25, 0.25, 0.25]]
/// ```
///
/// A call may take a mask as a second input, with the axes of the first one, each of the same
/// extent or 1: elements where it is not greater than ½ do not count, and their results are 0.
///
/// ```swift
/// let scores: Tensor = [[1, 2, 3]]
/// let mask: Tensor = [[1, 0, 1]]
/// let shares = Softmax()([scores, mask])  // 0.12, 0, 0.88
/// ```
public final class Softmax: Layer {
  /// The axes of the sum, counted with the batch axis as 0; negative values count from the end.
  public let axes: [Int]

  /// What becomes of a row of which the mask leaves out all elements.
  package private(set) var emptyRows = MultiHeadAttention.EmptyRows.zero

  /// The option `robust_masking` of tf_keras.
  private var isRobust = false

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axes: The axes of the sum, counted with the batch axis as 0, which is not allowed;
  ///     negative values count from the end.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    axes: [Int] = [-1], name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(!axes.isEmpty, "Softmax: `axes` must not be empty.", file: file, line: line)
    self.axes = axes
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    if axes == [-1] { return [:] }
    return ["axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map(JSON.integer))]
  }

  /// The options with that of tf_keras.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    var config = super.config(for: dialect)
    if dialect == .keras2, isRobust { config["robust_masking"] = .bool(true) }
    return config
  }

  override var takesInputList: Bool { true }

  override var argumentNames: [String] { ["inputs", "mask"] }

  override var positionalArguments: [String] { ["inputs"] }

  /// The shape of the first input, which the mask must fit.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard let x = inputShapes.first, inputShapes.count <= 2 else {
      throw ShapeError(self, "takes an input and perhaps a mask, not \(inputShapes.count) inputs")
    }
    if inputShapes.count == 2 {
      let mask = inputShapes[1]
      guard mask.count == x.count, zip(mask, x).allSatisfy({ $0 == $1 || $0 == 1 }) else {
        throw ShapeError(self, "has an input of the shape \(x), but a mask of the shape \(mask)")
      }
    }
    return try outputShape(inputShape: x)
  }

  /// The input's shape.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let rank = inputShape.count + 1
    let positions = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    guard positions.count == axes.count, positions.allSatisfy((1..<rank).contains) else {
      throw ShapeError(self, "sums over the axes \(axes), which the input \(inputShape) has not")
    }
    return inputShape
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// The mask of the input; none if a mask is a second input.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    inputs.count == 1 ? inputs[0].mask : nil
  }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.softmax(axes: axes) }

  /// Applies the function to the elements that a mask leaves.
  ///
  /// Source: keras/src/layers/activations/softmax.py; tf_keras/src/layers/activation/softmax.py.
  ///
  /// - Parameters:
  ///   - inputs: The input and perhaps the mask.
  ///   - training: Whether the call is part of training.
  /// - Returns: The result.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    let shapes = inputs.map { Shape($0.shape.dropFirst()) }
    do throws(ShapeError) { _ = try outputShape(inputShapes: shapes) } catch { fail("\(error).") }
    guard inputs.count == 2 else { return call(inputs[0], training: training) }
    let (x, mask) = (inputs[0], inputs[1].withoutGradient)
    guard emptyRows != .averagedByScores else {
      return (x + (mask - 1) * 1e9).softmax(axes: axes)
    }
    let isLeft = (mask - 0.5).relu()
    let shares = Tensor.where(isLeft, x, Tensor(-1e9)).softmax(axes: axes)
    return emptyRows == .zero ? Tensor.where(isLeft, shares, Tensor(0)) : shares
  }
}

extension Softmax: KerasActivationLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let axes = try reader.integers("axis", in: -8...8) ?? [-1]
    guard !axes.isEmpty else {
      throw reader.invalid("axis", "names no axis")
    }
    self.init(axes: axes, name: reader.name)
    isRobust = try reader.bool("robust_masking", default: false)
    if reader.generation != .keras3 { emptyRows = isRobust ? .averaged : .averagedByScores }
  }

  /// The activation function that computes what the layer computes.
  package var function: ActivationFunction? { axes == [-1] ? .softmax : nil }
}
