public import JSON
import Preconditions
public import Tensors

/// The leaky rectified linear unit: x for positive x, otherwise negativeSlope · x.
///
/// ```swift
/// let layer = LeakyReLU(negativeSlope: 0.25)
/// let y = layer(Tensor([-2, 3]))  // [-0.5, 3]
/// ```
public final class LeakyReLU: Layer {
  /// The slope for negative inputs.
  public let negativeSlope: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - negativeSlope: The slope for negative inputs, at least 0.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
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
  public override var config: JSON.Object {
    negativeSlope == 0.3 ? [:] : ["negative_slope": .option(negativeSlope)]
  }

  /// The config in the dialect of a Keras generation; Keras 2 calls the slope `alpha`.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    guard dialect == .keras2, let slope = config["negative_slope"] else { return config }
    return ["alpha": slope]
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.relu(negativeSlope: Float(negativeSlope))
  }
}

extension LeakyReLU: KerasActivationLayer {
  /// Creates a layer from its Keras config; Keras 2 calls the slope `alpha`.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let key = reader.config["alpha"] == nil ? "negative_slope" : "alpha"
    self.init(negativeSlope: try reader.number(key, default: 0.3, in: 0...), name: reader.name)
  }

  /// The activation function that computes what the layer computes.
  package var function: ActivationFunction? { Float(negativeSlope) == 0.2 ? .leakyReLU : nil }
}
