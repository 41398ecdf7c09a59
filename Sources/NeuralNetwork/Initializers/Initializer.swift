public import Tensors

/// An initializer, which draws the initial value of a weight; names and formulas are Keras's.
///
/// Fan-in and fan-out are the numbers of inputs and outputs of a unit. For a kernel of shape
/// `[window…, inputs, outputs]`, they are `inputs` and `outputs` times the window size.
///
/// ```swift
/// let layer = Dense(64, activation: .relu, kernelInitializer: .heNormal)
/// let stream = RandomStream(seed: 1, stream: 0)
/// let kernel = Initializer.heNormal([784, 64], stream: stream)  // deviation √(2 / 784) = 0.05
/// ```
public enum Initializer: Hashable, Sendable {
  /// All elements 0.
  case zeros

  /// All elements 1.
  case ones

  /// All elements equal to a value.
  case constant(Float)

  /// Uniform in ±√(6 / (fan-in + fan-out)). Glorot and Bengio, AISTATS 2010, equation 16.
  case glorotUniform

  /// Truncated normal with variance 2 / (fan-in + fan-out).
  case glorotNormal

  /// Uniform in ±√(6 / fan-in). He et al., ICCV 2015, equation 10.
  case heUniform

  /// Truncated normal with variance 2 / fan-in.
  case heNormal

  /// Uniform in ±√(3 / fan-in). LeCun et al., *Efficient BackProp*, 1998, section 4.6.
  case lecunUniform

  /// Truncated normal with variance 1 / fan-in.
  case lecunNormal

  /// Uniform between two bounds; Keras's defaults are −0.05 and 0.05.
  case randomUniform(minimum: Float = -0.05, maximum: Float = 0.05)

  /// Normal; Keras's defaults are mean 0 and standard deviation 0.05.
  case randomNormal(mean: Float = 0, standardDeviation: Float = 0.05)

  /// Truncated normal: values more than two standard deviations from the mean are drawn again.
  case truncatedNormal(mean: Float = 0, standardDeviation: Float = 0.05)

  /// Rows or columns that are orthogonal, of the length `gain`. Saxe et al., ICLR 2014.
  case orthogonal(gain: Float = 1)

  /// The bias of LSTM: 1 for the forget gate, the second quarter, and 0 for the others. Jozefowicz
  /// et al., ICML 2015.
  case forgetGateOnes

  /// Draws the initial value of a weight.
  ///
  /// - Parameters:
  ///   - shape: The shape of the weight.
  ///   - stream: The random stream.
  /// - Returns: The initial value of the weight.
  public func callAsFunction(_ shape: Shape, stream: RandomStream) -> Tensor {
    let window = shape.dropLast(2).reduce(1, *)
    let fanIn = Float((shape.count > 1 ? shape[shape.count - 2] : shape.first ?? 1) * window)
    let fanOut = Float((shape.last ?? 1) * window)

    var stream = stream
    func uniform(_ range: Range<Float>) -> Tensor {
      Tensor(stream.uniform(in: range, count: shape.elementCount), shape: shape)
    }
    func symmetric(_ limit: Float) -> Tensor { uniform(-limit..<limit) }
    // The factor compensates the loss of variance by truncation at two standard deviations.
    func scaledNormal(_ variance: Float) -> Tensor {
      truncated(0, variance.squareRoot() / 0.879_625_66)
    }
    func truncated(_ mean: Float, _ deviation: Float) -> Tensor {
      draw {
        var sample = stream.normal()
        while abs(sample) > 2 { sample = stream.normal() }
        return mean + deviation * sample
      }
    }
    func draw(_ next: () -> Float) -> Tensor {
      Tensor((0..<shape.elementCount).map { _ in next() }, shape: shape)
    }

    switch self {
    case .zeros: return Tensor(zeros: shape)
    case .ones: return Tensor(repeating: 1, shape: shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .glorotUniform: return symmetric((6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: return scaledNormal(2 / (fanIn + fanOut))
    case .heUniform: return symmetric((6 / fanIn).squareRoot())
    case .heNormal: return scaledNormal(2 / fanIn)
    case .lecunUniform: return symmetric((3 / fanIn).squareRoot())
    case .lecunNormal: return scaledNormal(1 / fanIn)
    case .randomUniform(let minimum, let maximum):
      return uniform(minimum..<maximum)
    case .randomNormal(let mean, let deviation): return draw { mean + deviation * stream.normal() }
    case .truncatedNormal(let mean, let deviation): return truncated(mean, deviation)
    case .orthogonal(let gain):
      return OrthogonalMatrix(shape, gain: gain) { stream.normal() }.tensor
    case .forgetGateOnes:
      let quarter = shape.elementCount / 4
      return Tensor(
        (0..<shape.elementCount).map { $0 / max(1, quarter) == 1 ? 1 : 0 }, shape: shape)
    }
  }
}
