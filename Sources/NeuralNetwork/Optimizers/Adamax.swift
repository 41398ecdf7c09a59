public import Tensors

/// The Adamax optimizer: Adam with an exponentially weighted infinity norm instead of the second
/// moment.
///
/// Source: D. Kingma, J. Ba, *Adam*, ICLR 2015, section 7.1; keras/src/optimizers/adamax.py.
public final class Adamax: BaseAdam, KerasOptimizer {
  /// The first moment and the infinity norm.
  public override var slotGroups: [[String]] { [["momentum", "norm"]] }

  /// Updates one variable and its slots.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    let power1 = Float(power(Double(Float(beta1)), updates + 1))
    variable.adamax(
      along: gradient, momentum: slots[0], norm: slots[1], learningRate: learningRate,
      correction: 1 - power1, beta1: beta1, beta2: beta2, epsilon: epsilon)
  }
}
