import Preconditions
public import Tensors

/// x between a threshold and a maximum, the maximum above, and a straight line below the threshold.
public final class ReLU: Layer {
  /// The greatest value, if there is one.
  public let maxValue: Double?

  /// The slope below the threshold.
  public let negativeSlope: Double

  /// Where the line reaches 0.
  public let threshold: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - maxValue: The greatest value, at least 0; by default there is none.
  ///   - negativeSlope: The slope below the threshold, at least 0.
  ///   - threshold: Where the line reaches 0, at least 0.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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
  public override var config: [String: JSON] {
    var config: [String: JSON] = [:]
    if let maxValue { config["max_value"] = .option(maxValue) }
    if negativeSlope != 0 { config["negative_slope"] = .option(negativeSlope) }
    if threshold != 0 { config["threshold"] = .option(threshold) }
    return config
  }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard maxValue != nil || negativeSlope != 0 || threshold != 0 else { return x.relu() }
    return x.relu(
      negativeSlope: Float(negativeSlope), maxValue: maxValue.map { Float($0) },
      threshold: Float(threshold))
  }
}

extension ReLU: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(
      maxValue: try reader.optionalNumber("max_value", in: 0...),
      negativeSlope: try reader.number("negative_slope", default: 0, in: 0...),
      threshold: try reader.number("threshold", default: 0, in: 0...), name: reader.layer)
  }
}
