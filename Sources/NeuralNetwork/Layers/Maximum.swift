import Tensors

/// Takes the elementwise maximum of its inputs; for equal elements, the first input gets the
/// gradient.
public final class Maximum: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { .maximum(a, b) }
}

extension Maximum: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
