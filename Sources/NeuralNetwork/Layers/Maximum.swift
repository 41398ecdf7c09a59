import Tensors

/// Takes the elementwise maximum of its inputs; for equal elements, the first input gets the
/// gradient.
///
/// ```swift
/// let larger = Maximum()([x, y])  // [[1, 20]] and [[10, 2]] → [[10, 20]]
/// ```
public final class Maximum: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { .maximum(a, b) }
}

extension Maximum: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
