import Preconditions
public import Tensors

/// x where it is positive, else alpha (eˣ − 1).
///
/// Source: D. Clevert et al., *Exponential Linear Units*, ICLR 2016.
public final class ELU: Layer {
  /// How far the result goes below 0.
  public let alpha: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - alpha: How far the result goes below 0.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    alpha: Double = 1, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(alpha.isFinite, "ELU: `alpha` must be finite, but is \(alpha).", file: file, line: line)
    self.alpha = alpha
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] { alpha == 1 ? [:] : ["alpha": .option(alpha)] }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.elu(alpha: Float(alpha)) }
}

extension ELU: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    let lowest = -Double(Float.greatestFiniteMagnitude)
    self.init(alpha: try reader.number("alpha", default: 1, in: lowest...), name: reader.layer)
  }
}
