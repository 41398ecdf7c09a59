import Preconditions
public import Tensors

/// Global average pooling: averages each channel over the whole image.
///
/// ```swift
/// let model = Sequential([Conv2D(64, 3, activation: .relu), GlobalAveragePooling2D(), Dense(10)])
/// let logits = model(Tensor(zeros: [8, 28, 28, 1]))  // [8, 10], for images of any size
/// ```
public final class GlobalAveragePooling2D: BaseGlobalPooling, KerasLayer {
  /// Averages each channel.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    require(
      x.rank == 4,
      """
      The layer '\(name)' takes [batch, height, width, channels], but got a tensor of shape \
      \(x.shape).
      """)
    let means = x.averagePooling(Size2D(x.shape[1], x.shape[2]))
    return keepDimensions ? means : means.reshaped([x.shape[0], x.shape[3]])
  }
}
