public import JSON
package import Tensors

/// Adjusts the brightness of images at random in training: adds a number to all pixels.
///
/// ```swift
/// let layer = RandomBrightness(0.2, valueRange: 0...1)  // adds a number from -0.2 to 0.2
/// let changed = layer(images, training: true)  // [8, 32, 32, 3], each picture otherwise
/// ```
public final class RandomBrightness: RandomAugmentation {
  /// The number to add, as a fraction of the range of values.
  public let factor: RandomFactor

  /// The range of pixel values; results are clipped to it.
  public let valueRange: ClosedRange<Double>

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - factor: The number to add, as a fraction of the range of values; in `-1...1`.
  ///   - valueRange: The range of pixel values; results are clipped to it.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ factor: RandomFactor, valueRange: ClosedRange<Double> = 0...255, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    factor.requireNumbers(in: -1...1, Self.className, "factor", file: file, line: line)
    (self.factor, self.valueRange) = (factor, valueRange)
    super.init(name: name)
  }

  /// The factor, and the range of values if it differs from Keras's default.
  public override var config: JSON.Object {
    var config: JSON.Object = ["factor": factor.json]
    if valueRange != 0...255 { config["value_range"] = valueRange.json }
    return config
  }

  override class var keras2Options: Set<String>? { ["factor", "value_range"] }

  override func augment(_ x: Tensor, stream: inout RandomStream) -> Tensor {
    let extent = valueRange.single.upperBound - valueRange.single.lowerBound
    return adjusted(x, (0..<x.shape[0]).map { _ in stream.uniform(in: factor.bounds) * extent })
  }

  /// Adds a number to all pixels of each image.
  ///
  /// - Parameters:
  ///   - x: Images of shape `[batch, height, width, channels]`.
  ///   - differences: The number to add to each image.
  /// - Returns: Images of the same shape.
  package func adjusted(_ x: Tensor, _ differences: [Float]) -> Tensor {
    (x + Tensor(differences, shape: [differences.count, 1, 1, 1]))
      .clipped(to: valueRange.single)
  }
}

extension RandomBrightness: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      try reader.requiredFactor("factor", in: -1...1), valueRange: try reader.valueRange(),
      name: reader.name)
    try readCommonOptions(reader)
  }
}
