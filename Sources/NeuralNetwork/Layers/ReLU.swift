public import JSON
import Preconditions
public import Tensors

/// The rectified linear unit, with an optional maximum, negative slope and threshold.
///
/// min(x, maxValue) for x ≥ threshold, otherwise negativeSlope · (x − threshold).
///
/// ```swift
/// let layer = ReLU(maxValue: 6, negativeSlope: 0.5)
/// let y = layer(Tensor([-2, 3, 8]))  // [-1, 3, 6]
/// ```
public final class ReLU: Layer {
  /// The maximum output; `nil` for none.
  public let maxValue: Double?

  /// The slope below the threshold.
  public let negativeSlope: Double

  /// The threshold below which `negativeSlope` applies.
  public let threshold: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - maxValue: The maximum output, at least 0; `nil` for none.
  ///   - negativeSlope: The slope below the threshold, at least 0.
  ///   - threshold: The threshold, at least 0.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    maxValue: Double? = nil, negativeSlope: Double = 0, threshold: Double = 0, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      [maxValue ?? 0, negativeSlope, threshold].allSatisfy { $0 >= 0 && $0.isFinite },
      """
      ReLU: `maxValue`, `negativeSlope` and `threshold` must be finite and at least 0, but are \
      \(maxValue.map { "\($0)" } ?? "nil"), \(negativeSlope) and \(threshold).
      """, file: file, line: line)
    self.maxValue = maxValue
    self.negativeSlope = negativeSlope
    self.threshold = threshold
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [:]
    if let maxValue { config["max_value"] = .option(maxValue) }
    if negativeSlope != 0 { config["negative_slope"] = .option(negativeSlope) }
    if threshold != 0 { config["threshold"] = .option(threshold) }
    return config
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard maxValue != nil || negativeSlope != 0 || threshold != 0 else { return x.relu() }
    return x.relu(
      negativeSlope: Float(negativeSlope), maxValue: maxValue.map { Float($0) },
      threshold: Float(threshold))
  }
}

extension ReLU: KerasActivationLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      maxValue: try reader.optionalNumber("max_value", in: 0...),
      negativeSlope: try reader.number("negative_slope", default: 0, in: 0...),
      threshold: try reader.number("threshold", default: 0, in: 0...), name: reader.name)
  }

  /// The activation function that computes what the layer computes.
  package var function: ActivationFunction? {
    switch (maxValue, Float(negativeSlope), threshold) {
    case (nil, 0, 0): .relu
    case (6, 0, 0): .relu6
    case (nil, 0.2, 0): .leakyReLU
    default: nil
    }
  }
}
