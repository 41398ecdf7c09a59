public import JSON
public import Tensors

/// The base class of dropout layers whose mask may have another shape than the input.
///
/// See ``Dropout`` for an example.
public class BaseMaskDropout: BaseDropout {
  /// The shape of the mask, including the batch axis, broadcast to the input.
  ///
  /// A `nil` element takes the input's dimension; `nil` means the input's shape.
  public final let noiseShape: [Int?]?

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The drop probability of an element, in `0..<1`.
  ///   - noiseShape: The shape of the mask, including the batch axis. 1 drops all elements along an
  ///     axis together; `nil` stands for the input's extent.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ rate: Float, noiseShape: [Int?]? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.noiseShape = noiseShape
    super.init(rate, name: name, file: file, line: line)
  }

  /// Creates a layer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try reader.rate(), noiseShape: try reader.noiseShape(), name: reader.name)
  }

  /// The rate, and the noise shape if there is one.
  public final override var config: JSON.Object {
    var config = super.config
    if let noiseShape { config["noise_shape"] = .extents(noiseShape) }
    return config
  }

  /// The shape of the input.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try checkNoiseShape(noiseShape, inputShape)
    return inputShape
  }
}
