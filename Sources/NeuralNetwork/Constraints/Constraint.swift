public import Tensors

/// A rule for a weight, to which each step of an optimizer brings it back.
///
/// Names and formulas are Keras's. A norm is the root of the sum of squares along axes; for the
/// kernel of a ``Dense`` layer, axis 0 gives a norm for each unit.
/// ``Layer/setConstraint(_:of:file:line:)`` gives the rule to a weight.
///
/// ```swift
/// let kernel: Tensor = [[3, 1], [4, 1]]  // columns with the norms 5 and √2
/// let limited = Constraint.maxNorm(2)(kernel)  // [[1.2, 1], [1.6, 1]]
/// let layer = Dense(10)
/// layer.setConstraint(.nonNegative, of: "kernel")
/// ```
public enum Constraint: Hashable, Sendable {
  /// No norm is greater than a value: N. Srivastava et al., *Dropout*, JMLR 2014, section 5.1.
  case maxNorm(_ maxValue: Double = 2, axes: [Int] = [0])

  /// Every norm is between two values; `rate` is the share of the way that a step goes, 0 to 1.
  case minMaxNorm(
    minValue: Double = 0, maxValue: Double = 1, rate: Double = 1, axes: [Int] = [0])

  /// No element is less than 0.
  case nonNegative

  /// Every norm is 1.
  case unitNorm(axes: [Int] = [0])

  /// Returns the weight that follows the rule.
  ///
  /// - Parameter weight: The weight, of any shape that has the axes of the rule.
  /// - Returns: A weight of the same shape; a weight without these axes as it is.
  public func callAsFunction(_ weight: Tensor) -> Tensor {
    switch self {
    case .nonNegative: return weight.relu()
    case .maxNorm(let most, let axes):
      guard let norms = weight.norms(axes) else { return weight }
      return weight * (norms.clipped(to: 0...Float(most)) / (norms + Self.epsilon))
    case .unitNorm(let axes):
      guard let norms = weight.norms(axes) else { return weight }
      return weight / (norms + Self.epsilon)
    case .minMaxNorm(let least, let most, let rate, let axes):
      guard let norms = weight.norms(axes) else { return weight }
      let clipped = norms.clipped(to: Float(least)...Float(most))
      let wanted = clipped * Float(rate) + norms * Float(1 - rate)
      return weight * (wanted / (norms + Self.epsilon))
    }
  }

  /// Keras's `epsilon`, so that nothing is divided by 0.
  private static let epsilon: Float = 1e-7
}

extension Tensor {
  /// The norms along axes, which remain as axes of the extent 1; `nil` if there is no such axis.
  fileprivate func norms(_ axes: [Int]) -> Tensor? {
    let rank = shape.count
    let positions = axes.map { $0 < 0 ? $0 + rank : $0 }
    guard !axes.isEmpty, Set(positions).count == axes.count,
      positions.allSatisfy((0..<rank).contains)
    else { return nil }
    return square().sum(axes: positions, keepDimensions: true).sqrt()
  }
}
