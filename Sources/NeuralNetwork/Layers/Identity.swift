public import Tensors

/// Returns its input.
public final class Identity: Layer {
  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

extension Identity {
  /// Makes a layer with the options of a file.
  convenience init(_ reader: ConfigReader) throws(KerasError) { self.init(name: reader.layer) }
}
