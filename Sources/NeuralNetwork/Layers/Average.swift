public import Tensors

/// Averages its inputs elementwise.
///
/// ```swift
/// let mean = Average()([x, y])  // [[1, 2]] and [[10, 20]] → [[5.5, 11]]
/// ```
public final class Average: Merge {
  override func merge(_ a: Tensor, _ b: Tensor) -> Tensor { a + b }

  /// Adds the inputs and divides by their number.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    super.call(inputs, training: training) / Float(inputs.count)
  }
}

extension Average: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(name: reader.name)
  }
}
