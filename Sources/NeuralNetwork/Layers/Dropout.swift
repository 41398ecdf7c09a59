import Preconditions
public import Tensors

/// Sets elements to 0 at random in training, and scales the others up.
///
/// Source: N. Srivastava et al., *Dropout*, JMLR 15, 2014; scaled in training, as in Keras.
public final class Dropout: Layer {
  /// The probability that an element is dropped.
  public let rate: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The probability that an element is dropped, in `0..<1`.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(_ rate: Float, name: String? = nil, file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).",
      file: file, line: line)
    self.rate = rate
    super.init(name: name)
  }

  /// The rate, as Keras writes it.
  public override var config: [String: JSON] { ["rate": .number(rate)] }

  /// The source of the masks.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Drops elements in training; returns the input otherwise.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, rate > 0 else { return x }
    return x.dropout(rate: rate, stream: seedGenerator.next())
  }
}

extension Dropout {
  /// Makes a layer with the options of a file.
  convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.require("noise_shape")
    self.init(try reader.rate(), name: reader.layer)
  }
}
