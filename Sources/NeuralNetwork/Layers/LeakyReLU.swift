import Preconditions
public import Tensors

/// x where it is positive, else a fraction of x.
public final class LeakyReLU: Layer {
  /// The fraction.
  public let negativeSlope: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - negativeSlope: The fraction, at least 0.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    negativeSlope: Double = 0.3, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      negativeSlope >= 0 && negativeSlope.isFinite,
      "LeakyReLU: `negativeSlope` must be finite and at least 0, but is \(negativeSlope).",
      file: file, line: line)
    self.negativeSlope = negativeSlope
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] {
    negativeSlope == 0.3 ? [:] : ["negative_slope": .option(negativeSlope)]
  }

  /// Keras 2 called the slope `alpha`.
  override func config(for dialect: KerasDialect) -> [String: JSON] {
    guard dialect == .keras2, let slope = config["negative_slope"] else { return config }
    return ["alpha": slope]
  }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.relu(negativeSlope: Float(negativeSlope))
  }
}

extension LeakyReLU: KerasLayer {
  /// Makes a layer with the options of a file; Keras 2 called the slope `alpha`.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    let key = reader.config["alpha"] == nil ? "negative_slope" : "alpha"
    self.init(negativeSlope: try reader.number(key, default: 0.3, in: 0...), name: reader.layer)
  }
}
