import Tensors

/// Applies dropout: in training, sets random elements to 0 and scales the others by 1 / (1 − rate).
///
/// Source: N. Srivastava et al., *Dropout*, JMLR 15, 2014; inverted dropout, as in Keras.
///
/// ```swift
/// let layer = Dropout(0.5)
/// let x = Tensor(repeating: 1, shape: [1000])
/// let trained = layer(x, training: true)  // about half of the elements are 0, the others 2
/// let predicted = layer(x, training: false)  // x
/// ```
public final class Dropout: BaseMaskDropout, KerasLayer {
  override func drop(_ x: Tensor, stream: RandomStream) -> Tensor {
    guard noiseShape != nil else { return x.dropout(rate: rate, stream: stream) }
    let mask = Tensor(repeating: 1, shape: x.noiseShape(noiseShape))
    return x * mask.dropout(rate: rate, stream: stream)
  }
}
