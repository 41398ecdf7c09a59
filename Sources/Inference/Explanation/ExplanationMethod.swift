/// A way to find the parts of a picture that an answer depends on.
///
/// See ``Explanation`` for an example.
public enum ExplanationMethod: String, CaseIterable, Sendable {
  /// How much the probability drops if a part of the picture is hidden (Zeiler and Fergus,
  /// *Visualizing and Understanding Convolutional Networks*, 2014).
  ///
  /// Squares of a seventh of the shorter side are moved by half of their side, and filled with 0,
  /// the paper of MNIST, for a model of digits, and with the mean of each channel for others. A
  /// pixel gets the mean drop of the squares that cover it; negative means become 0.
  case occlusion

  /// How much the score changes with a pixel: the largest absolute gradient over the channels
  /// (Simonyan, Vedaldi and Zisserman, *Deep Inside Convolutional Networks*, 2014).
  case saliency

  /// Which places of the last layer with spatial extent raise the score: its channels, weighted by
  /// their mean gradients, without negative sums (Selvaraju et al., *Grad-CAM*, 2017).
  case gradcam
}
