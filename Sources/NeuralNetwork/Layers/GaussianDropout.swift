import Tensors

/// Applies multiplicative Gaussian noise with mean 1 in training.
///
/// The standard deviation is √(rate / (1 − rate)), as for ``Dropout`` with the same rate. Source:
/// N. Srivastava et al., *Dropout*, JMLR 15, 2014, section 10.
///
/// ```swift
/// let layer = GaussianDropout(0.2)
/// let noisy = layer(x, training: true)  // x times numbers of mean 1 and deviation 0.5
/// let same = layer(x, training: false)  // x
/// ```
public final class GaussianDropout: BaseDropout {
  override func drop(_ x: Tensor, stream: RandomStream) -> Tensor {
    let factors = Tensor(repeating: 1, shape: x.shape).addingGaussianNoise(
      standardDeviation: (rate / (1 - rate)).squareRoot(), stream: stream)
    return x * factors
  }
}

extension GaussianDropout: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try reader.rate(), name: reader.name)
  }
}
