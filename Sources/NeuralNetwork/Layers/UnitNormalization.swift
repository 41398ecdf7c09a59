public import JSON
import Preconditions
public import Tensors

/// Scales each example to the L2 norm 1 over some axes: x / max(√Σx², 10⁻¹²), as Keras 3 does.
///
/// ```swift
/// let x: Tensor = [[3, 4]]
/// let y = UnitNormalization()(x)  // [[0.6, 0.8]]
/// ```
public final class UnitNormalization: Layer {
  /// The axes of the norm, counted with the batch axis as 0, which is not allowed; negative values
  /// count from the end.
  public let axes: [Int]

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axes: The axes of the norm, counted with the batch axis as 0, which is not allowed;
  ///     negative values count from the end.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    axes: [Int] = [-1], name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(!axes.isEmpty, "UnitNormalization: `axes` must not be empty.", file: file, line: line)
    self.axes = axes
    super.init(name: name)
  }

  /// The axes in Keras's form, unless they are Keras's default.
  public override var config: JSON.Object {
    if axes == [-1] { return [:] }
    return ["axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map(JSON.integer))]
  }

  /// The shape of the input.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let rank = inputShape.count + 1
    let positions = axes.map { $0 < 0 ? $0 + rank : $0 }
    guard Set(positions).count == axes.count, positions.allSatisfy((1..<rank).contains) else {
      throw ShapeError(self, "normalizes the axes \(axes), which the input \(inputShape) has not")
    }
    return inputShape
  }

  /// Divides by the norms.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.unitNormalized(axes: axes, atLeast: 1e-12)
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }
}

extension Tensor {
  /// The quotient of the tensor and its L2 norms over axes, or a least norm where that is greater.
  func unitNormalized(axes: [Int], atLeast norm: Float) -> Tensor {
    let squares = square().sum(axes: axes, keepDimensions: true)
    return self / squares.clipped(to: norm * norm...Float.greatestFiniteMagnitude).sqrt()
  }
}

extension UnitNormalization: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let axes = try reader.integers("axis", in: -8...8) ?? [-1]
    guard !axes.isEmpty else { throw reader.invalid("axis", "names no axis") }
    self.init(axes: axes, name: reader.name)
  }
}
