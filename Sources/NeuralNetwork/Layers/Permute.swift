import Preconditions
public import Tensors

/// Puts all axes but the batch in another order.
public final class Permute: Layer {
  /// For each axis of the output, the axis of the input that it was, counted from 1.
  public let dims: [Int]

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - dims: For each axis of the output, the axis of the input that it was, counted from 1 as
  ///     the batch is 0.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(_ dims: [Int], name: String? = nil, file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      dims.sorted() == Array(1..<dims.count + 1),
      "Permute: `dims` must name each axis from 1 on once, but is \(dims).", file: file, line: line)
    self.dims = dims
    super.init(name: name)
  }

  /// The order, as Keras writes it.
  public override var config: [String: JSON] { ["dims": .array(dims.map(JSON.integer))] }

  /// The extents in the other order.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == dims.count else {
      throw ShapeError(self, "orders \(dims.count) axes, which the input \(inputShape) has not")
    }
    return Shape(dims.map { inputShape[$0 - 1] })
  }

  /// Moves the elements.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.transposed([0] + dims) }
}

extension Permute: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    guard let dims = try reader.integers("dims", in: 1...8),
      dims.sorted() == Array(1..<dims.count + 1)
    else {
      throw .option(
        layer: reader.layer, key: "dims", problem: "is not an order of axes from 1 on")
    }
    self.init(dims, name: reader.layer)
  }
}
