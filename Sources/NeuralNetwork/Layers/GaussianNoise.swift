public import JSON
import Preconditions
public import Tensors

/// Adds Gaussian noise with mean 0 in training.
///
/// ```swift
/// let layer = GaussianNoise(0.1)
/// let noisy = layer(x, training: true)  // x plus numbers of mean 0 and deviation 0.1
/// let same = layer(x, training: false)  // x
/// ```
public final class GaussianNoise: Layer {
  /// The standard deviation of the noise.
  public let standardDeviation: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - standardDeviation: The standard deviation of the noise, in `0...1`; Keras's `stddev`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ standardDeviation: Float, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      (0...1).contains(standardDeviation),
      "GaussianNoise: `standardDeviation` must be from 0 to 1, but is \(standardDeviation).",
      file: file, line: line)
    self.standardDeviation = standardDeviation
    super.init(name: name)
  }

  /// The standard deviation in Keras's form.
  public override var config: JSON.Object { ["stddev": .number(standardDeviation)] }

  /// The random number generator of the noise.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Adds noise in training; otherwise returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, standardDeviation > 0 else { return x }
    return x.addingGaussianNoise(
      standardDeviation: standardDeviation, stream: seedGenerator.next())
  }
}

extension GaussianNoise: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    guard let deviation = reader.config["stddev"]?.number, (0...1).contains(deviation) else {
      throw reader.invalid("stddev", "is not a number in 0...1")
    }
    self.init(Float(deviation), name: reader.name)
  }
}
