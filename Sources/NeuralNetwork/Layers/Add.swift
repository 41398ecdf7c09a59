import Tensors

/// Adds its inputs elementwise.
public final class Add: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { a + b }
}

extension Add: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
