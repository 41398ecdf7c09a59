public import Tensors

/// A function that a layer applies to its output; the raw values are Keras's names.
public enum ActivationFunction: String, Sendable, CaseIterable {
  /// Changes nothing.
  case linear

  /// max(x, 0).
  case relu

  /// 1 / (1 + e⁻ˣ).
  case sigmoid

  /// The hyperbolic tangent.
  case tanh

  /// eˣ / Σ eˣ along the last axis.
  case softmax

  /// Applies the function.
  ///
  /// - Parameter x: A tensor.
  /// - Returns: A tensor of the same shape.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .linear: x
    case .relu: x.relu()
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .softmax: x.softmax()
    }
  }
}
