import Tensors

/// Multiplies its inputs elementwise.
///
/// ```swift
/// let gated = Multiply()([features, gates])  // [8, 7, 7, 64] and [8, 1, 1, 64] → [8, 7, 7, 64]
/// ```
public final class Multiply: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { a * b }
}

extension Multiply: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
