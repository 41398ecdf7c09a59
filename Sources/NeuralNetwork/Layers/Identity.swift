public import Tensors

/// Returns its input.
public final class Identity: Layer {
  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

extension Identity: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
