import Tensors

/// Applies alpha dropout: in training, sets random elements to the negative limit of SELU, and
/// rescales the result to preserve mean and variance.
///
/// Source: G. Klambauer et al., *Self-Normalizing Neural Networks*, NIPS 2017.
///
/// ```swift
/// let model = Sequential([
///   Dense(64, activation: .selu, kernelInitializer: .lecunNormal), AlphaDropout(0.1), Dense(10),
/// ])
/// let logits = model(x, training: true)  // [8, 10]
/// ```
public final class AlphaDropout: BaseMaskDropout, KerasLayer {
  override func drop(_ x: Tensor, stream: RandomStream) -> Tensor {
    let limit: Float = -1.673_263_242_354_377_2 * 1.050_700_987_355_480_5
    let mask = Tensor(
      Tensor(repeating: 1, shape: x.noiseShape(noiseShape))
        .dropout(rate: rate, stream: stream).scalars.map { $0 == 0 ? 0 : 1 },
      shape: x.noiseShape(noiseShape))
    let scale = 1 / ((1 - rate) * (1 + rate * limit * limit)).squareRoot()
    return (x * mask + (1 - mask) * limit) * scale + (-scale * limit * rate)
  }
}
