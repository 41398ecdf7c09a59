public import JSON
import Preconditions
public import Tensors

/// Applies multiplicative Gaussian noise with mean 1 in training.
///
/// The standard deviation is √(rate / (1 − rate)), as for ``Dropout`` with the same rate. Source:
/// N. Srivastava et al., *Dropout*, JMLR 15, 2014, section 10.
public final class GaussianDropout: Layer {
  /// The drop probability of the ``Dropout`` layer with the same standard deviation.
  public let rate: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The drop probability of the ``Dropout`` layer with the same standard deviation, in
  ///     `0..<1`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(_ rate: Float, name: String? = nil, file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).",
      file: file, line: line)
    self.rate = rate
    super.init(name: name)
  }

  /// The rate in Keras's form.
  public override var config: [String: JSON] { ["rate": .number(rate)] }

  /// The random number generator of the factors.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Multiplies the input by noise in training; otherwise returns the input.
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
