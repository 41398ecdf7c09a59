import Tensors

/// The cost of an element of the predictions, computed by a kernel of the library.
///
/// See ``ElementwiseLoss`` for an example.
public struct ElementwiseCost: Sendable {
  /// The kernel.
  let term: LossTerm

  /// Whether targets that all are 0 or 1 are converted to −1 and 1.
  let convertsTargets: Bool

  /// Creates a cost.
  init(_ term: LossTerm, convertsTargets: Bool = false) {
    self.term = term
    self.convertsTargets = convertsTargets
  }
}
