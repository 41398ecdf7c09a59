import Preconditions
public import Tensors

/// Multiplies each element by a number from a normal distribution with the mean 1 in training.
///
/// The standard deviation is √(rate / (1 − rate)), that of ``Dropout`` with the same rate. Source:
/// N. Srivastava et al., *Dropout*, JMLR 15, 2014, section 10.
public final class GaussianDropout: Layer {
  /// The drop probability of the ``Dropout`` that has the same deviation.
  public let rate: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The drop probability of the ``Dropout`` that has the same deviation, in `0..<1`.
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

  /// The source of the factors.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Multiplies in training; returns the input otherwise.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, rate > 0 else { return x }
    let factors = Tensor(repeating: 1, shape: x.shape).addingGaussianNoise(
      standardDeviation: (rate / (1 - rate)).squareRoot(), stream: seedGenerator.next())
    return x * factors
  }
}

extension GaussianDropout: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(try reader.rate(), name: reader.layer)
  }
}
