import Tensors

/// Takes the least element of its inputs; of equal ones, the first gets the gradient.
public final class Minimum: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { .minimum(a, b) }
}

extension Minimum: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(name: reader.layer)
  }
}
