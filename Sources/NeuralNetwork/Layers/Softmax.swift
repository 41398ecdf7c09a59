public import JSON
import Preconditions
public import Tensors

/// The softmax function: eˣ / Σ eˣ, with the sum over some axes.
///
/// ```swift
/// let logits: Tensor = [[0, 0, 0, 0]]
/// let probabilities = Softmax()(logits)  // [[0.25, 0.25, 0.25, 0.25]]
/// ```
public final class Softmax: Layer {
  /// The axes of the sum, counted with the batch axis as 0; negative values count from the end.
  public let axes: [Int]

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

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.softmax(axes: axes) }
}

extension Softmax: KerasActivationLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let axes = try reader.integers("axis", in: -8...8) ?? [-1]
    guard !axes.isEmpty else {
      throw reader.invalid("axis", "names no axis")
    }
    self.init(axes: axes, name: reader.name)
  }

  /// The activation function that computes what the layer computes.
  package var function: ActivationFunction? { axes == [-1] ? .softmax : nil }
}
