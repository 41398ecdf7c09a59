public import Tensors

/// Returns its input.
///
/// ```swift
/// let regularization = usesDropout ? Dropout(0.5) : Identity()
/// let model = Sequential([Dense(32, activation: .relu), regularization, Dense(10)])
/// ```
public final class Identity: Layer {
  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

extension Identity: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
