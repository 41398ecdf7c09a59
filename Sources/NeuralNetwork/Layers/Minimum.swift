import Tensors

/// Takes the elementwise minimum of its inputs; for equal elements, the first input gets the
/// gradient.
///
/// ```swift
/// let smaller = Minimum()([x, y])  // [[1, 20]] and [[10, 2]] → [[1, 2]]
/// ```
public final class Minimum: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { .minimum(a, b) }
}

extension Minimum: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
