import Preconditions
public import Tensors

/// Returns its input; Keras adds a penalty on it to the loss in training, which is not done here.
public final class ActivityRegularization: Layer {
  /// The factor of the sum of magnitudes.
  public let l1: Double

  /// The factor of the sum of squares.
  public let l2: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - l1: The factor of the sum of magnitudes, at least 0.
  ///   - l2: The factor of the sum of squares, at least 0.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    l1: Double = 0, l2: Double = 0, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      l1 >= 0 && l2 >= 0, "`l1` and `l2` must be at least 0, but are \(l1) and \(l2).", file: file,
      line: line)
    self.l1 = l1
    self.l2 = l2
    super.init(name: name)
  }

  /// The factors, as Keras writes them.
  public override var config: [String: JSON] { ["l1": .option(l1), "l2": .option(l2)] }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

extension ActivityRegularization: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    // Keras derives this regularizer from the factors.
    reader.ignore("activity_regularizer")
    self.init(
      l1: try reader.number("l1", default: 0, in: 0...),
      l2: try reader.number("l2", default: 0, in: 0...), name: reader.layer)
  }
}
