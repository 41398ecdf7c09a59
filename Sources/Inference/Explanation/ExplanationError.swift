public import NeuralNetwork

/// A reason why an answer cannot be explained.
///
/// ```swift
/// do {
///   let explanation = try classifier.explain(prediction, by: .gradcam)
///   try explanation.image(over: prediction).write(to: "\(folder)/heat.png")
/// } catch ExplanationError.noSpatialLayer {
///   print("no convolution: use .occlusion or .saliency")
/// } catch ExplanationError.memory(let error) {
///   print("only \(error.fitting) of \(error.examples) examples fit in memory")
/// }
/// ```
public enum ExplanationError: Error, Equatable, Sendable {
  /// No layer after a convolution has a spatial extent, which Grad-CAM needs.
  case noSpatialLayer

  /// The gradients would take too much memory.
  case memory(GradientMemoryError)
}

extension ExplanationError: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    switch self {
    case .memory(let error): "Cannot explain with gradients: \(error)"
    case .noSpatialLayer:
      """
      Cannot explain with Grad-CAM: the model has no convolution whose output has a width or \
      height of more than one pixel
      """
    }
  }
}
