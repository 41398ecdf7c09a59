/// An input shape that a layer does not support.
///
/// ```swift
/// do {
///   _ = try Conv2D(8, 5).outputShape(inputShape: [3, 3, 1])  // height, width, channels
/// } catch {
///   print(error)  // conv2d has a window of 5 × 5, larger than its input [3, 3, 1]
/// }
/// ```
public struct ShapeError: Error, Hashable, CustomStringConvertible {
  /// The name of the layer.
  public let layer: String

  /// The problem, as a phrase that follows the layer's name.
  public let problem: String

  /// Whether the model would need more memory or time than this library gives a model from a file.
  let isExcessive: Bool

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - problem: The problem, as a phrase that follows "The layer 'conv1'".
  public init(_ layer: Layer, _ problem: String) {
    self.init(layer, problem, isExcessive: false)
  }

  init(_ layer: Layer, _ problem: String, isExcessive: Bool) {
    self.layer = layer.name
    self.problem = problem
    self.isExcessive = isExcessive
  }

  /// The error in one sentence.
  public var description: String { "The layer '\(layer)' \(problem)" }
}
