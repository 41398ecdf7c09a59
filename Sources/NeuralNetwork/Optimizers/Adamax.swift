public import Tensors

/// The Adamax optimizer: Adam with an exponentially weighted infinity norm instead of the second
/// moment.
///
/// Source: D. Kingma, J. Ba, *Adam*, ICLR 2015, section 7.1; keras/src/optimizers/adamax.py.
///
/// ```swift
/// let weight = Variable([1], name: "weight")
/// let optimizer = Adamax(learningRate: 0.1)
/// let loss = withGradientTape { weight.value.square().sum() }
/// optimizer.apply(loss.gradients(), to: [weight])  // the first step is the learning rate: 0.9
/// ```
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
