public import JSON
import Preconditions
package import Tensors

/// Adjusts the contrast of images at random in training: (x − mean) · factor + mean, with the mean
/// of each channel of each image.
///
/// ```swift
/// let layer = RandomContrast(lower: 0.5, upper: 0.5, valueRange: 0...1)
/// let changed = layer(images, training: true)  // contrast times a factor from 0.5 to 1.5
/// ```
public final class RandomContrast: RandomAugmentation {
  /// The range of the contrast factor is `1 - lower` to `1 + upper`.
  public let lower, upper: Double

  /// The range of pixel values; results are clipped to it.
  public let valueRange: ClosedRange<Double>

  /// Creates a layer.
  ///
  /// Keras 3 takes a single number `f` as the bounds 0 and f, against its documentation.
  ///
  /// - Parameters:
  ///   - lower: The contrast factor is at least `1 - lower`; in `0...1`, at most `upper`.
  ///   - upper: The contrast factor is at most `1 + upper`; in `0...1`.
  ///   - valueRange: The range of pixel values; results are clipped to it.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    lower: Double, upper: Double, valueRange: ClosedRange<Double> = 0...255, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      0 <= lower && lower <= upper && upper <= 1,
      """
      RandomContrast: `lower` and `upper` must be from 0 to 1, and `lower` at most `upper`, but \
      are \(lower) and \(upper).
      """, file: file, line: line)
    (self.lower, self.upper, self.valueRange) = (lower, upper, valueRange)
    super.init(name: name)
  }

  /// The bounds, and the range of values if it differs from Keras's default.
  public override var config: JSON.Object {
    var config: JSON.Object = ["factor": .array([.option(lower), .option(upper)])]
    if valueRange != 0...255 { config["value_range"] = valueRange.json }
    return config
  }

  override class var keras2Options: Set<String>? { ["factor"] }

  override func augment(_ x: Tensor, stream: inout RandomStream) -> Tensor {
    let range = Float(1 - lower)..<Float(1 + upper)
    return adjusted(x, (0..<x.shape[0]).map { _ in stream.uniform(in: range) })
  }

  /// Adjusts the contrast of images.
  ///
  /// - Parameters:
  ///   - x: Images of shape `[batch, height, width, channels]`.
  ///   - factors: The contrast factor of each image.
  /// - Returns: Images of the same shape.
  package func adjusted(_ x: Tensor, _ factors: [Float]) -> Tensor {
    let mean = x.mean(axes: [1], keepDimensions: true).mean(axes: [2], keepDimensions: true)
    let factors = Tensor(factors, shape: [factors.count, 1, 1, 1])
    return ((x - mean) * factors + mean).clipped(to: valueRange.single)
  }
}

extension RandomContrast: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let numbers = try reader.requiredFactor("factor", in: 0...1).numbers
    // In tf_keras, a single number is both bounds.
    let first = numbers.count == 2 || reader.generation == .keras2 ? numbers[0] : 0
    let second = numbers[numbers.count - 1]
    self.init(
      lower: min(first, second), upper: max(first, second), valueRange: try reader.valueRange(),
      name: reader.name)
    try readCommonOptions(reader)
  }
}

extension ClosedRange<Double> {
  /// The range in Keras's form: a list of its bounds.
  var json: JSON { .array([.option(lowerBound), .option(upperBound)]) }

  /// The range in single precision.
  var single: ClosedRange<Float> { Float(lowerBound)...Float(upperBound) }
}
