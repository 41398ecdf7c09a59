public import Tensors

/// Global max pooling: takes the maximum of each channel over the whole image.
///
/// ```swift
/// let layer = GlobalMaxPooling2D()
/// let largest = layer(Tensor(zeros: [8, 7, 7, 64]))  // [8, 64]
/// ```
public final class GlobalMaxPooling2D: BaseGlobalPooling, KerasLayer {
  /// Takes the maxima.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let maxima = x.globalMaxPooling()
    return keepDimensions ? maxima.reshaped([x.shape[0], 1, 1, x.shape[3]]) : maxima
  }
}
