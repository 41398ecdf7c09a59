public import JSON
import Preconditions
public import Tensors

/// Turns numbers of categories into vectors of 0 and 1, or of counts.
///
/// ```swift
/// let layer = CategoryEncoding(4)
/// let numbers: Tensor = [[0, 3], [1, 1]]
/// let seen = layer(numbers)  // [[1, 0, 0, 1], [0, 1, 0, 0]]
/// ```
public final class CategoryEncoding: Layer {
  /// The number of categories: Keras's `num_tokens`.
  public let count: Int

  /// The form of the result.
  public let mode: CategoryMode

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - count: The number of categories, at least 1; numbers outside of `0..<count` leave zeros.
  ///   - mode: The form of the result, except ``CategoryMode/integer``.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ count: Int, mode: CategoryMode = .multiHot, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      count > 0, "CategoryEncoding: `count` must be at least 1, but is \(count).", file: file,
      line: line)
    require(
      mode != .integer, "CategoryEncoding: `mode` must not be integer.", file: file, line: line)
    (self.count, self.mode) = (count, mode)
    super.init(name: name)
  }

  /// The options in Keras's form.
  public override var config: JSON.Object {
    ["num_tokens": .integer(count), "output_mode": .string(mode.rawValue)]
  }

  /// The shape of the vectors.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try mode.outputShape(inputShape, count: count, of: self)
  }

  /// Encodes the numbers, which get no gradient.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    mode.encoded(
      x.scalars.map { $0 > -1 && $0 < Float(count) ? Int($0) : -1 }, shape: x.shape, count: count)
  }
}

extension CategoryEncoding: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    // An old name of Keras.
    let key = reader.has("max_tokens") && !reader.has("num_tokens") ? "max_tokens" : "num_tokens"
    self.init(
      try reader.integer(key, atMost: OptionReader.Limit.units),
      mode: try reader.categoryMode(default: .multiHot), name: reader.name)
  }
}
