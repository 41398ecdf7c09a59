/// A reason why an answer cannot be explained.
public enum ExplanationError: Error, Equatable, Sendable {
  /// No layer after a convolution has a spatial extent, which Grad-CAM needs.
  case noSpatialLayer
}

extension ExplanationError: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    switch self {
    case .noSpatialLayer:
      """
      Cannot explain with Grad-CAM: the model has no convolution whose output has a width or \
      height of more than one pixel
      """
    }
  }
}
