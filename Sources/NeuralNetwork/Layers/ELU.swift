public import JSON
import Preconditions
public import Tensors

/// The exponential linear unit: x for positive x, otherwise alpha (eˣ − 1).
///
/// Source: D. Clevert et al., *Exponential Linear Units*, ICLR 2016.
///
/// ```swift
/// let layer = ELU(alpha: 1)
/// let y = layer(Tensor([-1, 2]))  // [e⁻¹ - 1, 2] = [-0.632, 2]
/// ```
public final class ELU: Layer {
  /// The slope and negative limit: outputs approach −alpha for very negative inputs.
  public let alpha: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - alpha: The slope and negative limit: outputs approach −alpha for very negative inputs.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    alpha: Double = 1, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(alpha.isFinite, "ELU: `alpha` must be finite, but is \(alpha).", file: file, line: line)
    self.alpha = alpha
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { alpha == 1 ? [:] : ["alpha": .option(alpha)] }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.elu(alpha: Float(alpha)) }
}

extension ELU: KerasActivationLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let lowest = -Double(Float.greatestFiniteMagnitude)
    self.init(alpha: try reader.number("alpha", default: 1, in: lowest...), name: reader.name)
  }

  /// The activation function that computes what the layer computes.
  package var function: ActivationFunction? { alpha == 1 ? .elu : nil }
}
