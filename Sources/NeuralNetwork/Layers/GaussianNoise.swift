import Preconditions
public import Tensors

/// Adds a number from a normal distribution to each element in training.
public final class GaussianNoise: Layer {
  /// The standard deviation of the numbers.
  public let standardDeviation: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - standardDeviation: The standard deviation of the numbers, in `0...1`, as in Keras, where it
  ///     is called `stddev`.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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

  /// The standard deviation, as Keras writes it.
  public override var config: [String: JSON] { ["stddev": .number(standardDeviation)] }

  /// The source of the noise.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Adds noise in training; returns the input otherwise.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard training, standardDeviation > 0 else { return x }
    return x.addingGaussianNoise(
      standardDeviation: standardDeviation, stream: seedGenerator.next())
  }
}

extension GaussianNoise: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    guard let deviation = reader.config["stddev"]?.number, (0...1).contains(deviation) else {
      throw .option(layer: reader.layer, key: "stddev", problem: "is not a number in 0...1")
    }
    self.init(Float(deviation), name: reader.layer)
  }
}
