public import JSON
import Preconditions
public import Tensors

/// Permutes all axes except the batch.
///
/// ```swift
/// let layer = Permute([3, 1, 2])  // from channels last to channels first
/// let planes = layer(Tensor(zeros: [8, 28, 32, 3]))  // [8, 3, 28, 32]
/// ```
public final class Permute: Layer {
  /// The input axis of each output axis, counted with the batch axis as 0, which is left out.
  public let dims: [Int]

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - dims: The input axis of each output axis, counted with the batch axis as 0, which is left
  ///     out.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(_ dims: [Int], name: String? = nil, file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      dims.sorted() == Array(1..<dims.count + 1),
      "Permute: `dims` must name each axis from 1 on once, but is \(dims).", file: file, line: line)
    self.dims = dims
    super.init(name: name)
  }

  /// The permutation in Keras's form.
  public override var config: JSON.Object { ["dims": .array(dims.map(JSON.integer))] }

  /// The permuted extents.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == dims.count else {
      throw ShapeError(self, "orders \(dims.count) axes, which the input \(inputShape) has not")
    }
    return Shape(dims.map { inputShape[$0 - 1] })
  }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Transposes the elements.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.transposed([0] + dims) }
}

extension Permute: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    guard let dims = try reader.integers("dims", in: 1...8),
      dims.sorted() == Array(1..<dims.count + 1)
    else {
      throw reader.invalid("dims", "is not an order of axes from 1 on")
    }
    self.init(dims, name: reader.name)
  }
}
