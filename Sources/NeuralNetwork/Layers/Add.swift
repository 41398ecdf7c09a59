import Tensors

/// Adds its inputs elementwise.
///
/// ```swift
/// let sum = Add()([x, y])  // [[1, 2]] and [[10, 20]] → [[11, 22]]
/// ```
public final class Add: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { a + b }
}

extension Add: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
