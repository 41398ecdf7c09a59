public import Tensors

/// The description of a weight of a layer.
///
/// ```swift
/// final class Scale: Layer {
///   override func weightSpecifications(inputShape: Shape) -> [WeightSpecification] {
///     [
///       WeightSpecification("scale", shape: [inputShape[0]], initializer: .ones),
///       WeightSpecification("calls", shape: [], initializer: .zeros, isTrainable: false),
///     ]
///   }
///
///   override func call(_ x: Tensor, training: Bool) -> Tensor { x * weights[0].value }
/// }
/// ```
public struct WeightSpecification: Sendable {
  /// The name of the weight in the layer, such as `kernel`.
  public let name: String

  /// Its shape.
  public let shape: Shape

  /// The initializer of its value.
  public let initializer: Initializer

  /// Whether it is trainable; moving averages, for example, are not.
  public let isTrainable: Bool

  /// Whether it is a counter that is stored as a 64-bit integer.
  public let isInteger: Bool

  /// Creates the description of a weight.
  ///
  /// - Parameters:
  ///   - name: The name of the weight in the layer, such as `kernel`.
  ///   - shape: Its shape.
  ///   - initializer: The initializer of its value.
  ///   - isTrainable: Whether it is trainable.
  ///   - isInteger: Whether it is a counter that is stored as a 64-bit integer.
  public init(
    _ name: String, shape: Shape, initializer: Initializer, isTrainable: Bool = true,
    isInteger: Bool = false
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.isTrainable = isTrainable
    self.isInteger = isInteger
  }
}
