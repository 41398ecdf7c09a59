public import Tensors

/// The Nadam optimizer: Adam with Nesterov momentum.
///
/// `beta1` is the upper limit of the decay rate of the first moment.
///
/// Source: T. Dozat, *Incorporating Nesterov Momentum into Adam*, ICLR workshop 2016;
/// keras/src/optimizers/nadam.py.
///
/// ```swift
/// let model = Sequential([Dense(3)])
/// model.compile(
///   optimizer: Nadam(learningRate: 0.002),
///   loss: SparseCategoricalCrossentropy(fromLogits: true), metrics: [])
/// let history = model.fit(images, labels, epochs: 3)
/// ```
public final class Nadam: BaseAdam, KerasOptimizer {
  /// The first and the second moment.
  public override var slotGroups: [[String]] { [["momentum", "velocity"]] }

  /// The product of all momentum coefficients so far; Keras calls it `variable` in files.
  public override func makeSharedSlots() -> [Variable] {
    [Variable(Tensor(1), name: "u_product", isTrainable: false)]
  }

  /// Computes the product of all momentum coefficients so far, which tf_keras does not store.
  package override func deriveSharedSlots() {
    var product: Float = 1
    var step = 1
    while step <= updates, product > 0 {
      product = weakened(product, at: step)
      step += 1
    }
    sharedSlots[0].value = Tensor(product)
  }

  /// Multiplies the product by the momentum coefficient of this step.
  public override func beginUpdate() {
    sharedSlots[0].value = Tensor(weakened(sharedSlots[0].value.scalar, at: updates + 1))
  }

  private func weakened(_ product: Float, at step: Int) -> Float {
    product * Float(beta1) * (1 - 0.5 * fading(step))
  }

  /// Updates one variable and its slots.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    let (beta1, beta2) = (Float(beta1), Float(beta2))
    let momentum = beta1 * (1 - 0.5 * fading(updates + 1))
    let next = beta1 * (1 - 0.5 * fading(updates + 2))
    let product = sharedSlots[0].value.scalar
    variable.nadam(
      along: gradient, momentum: slots[0], velocity: slots[1],
      momentumShare: (next, 1 - product * next), gradientShare: (1 - momentum, 1 - product),
      velocityCorrection: 1 - Float(power(Double(beta2), updates + 1)),
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  /// The momentum schedule of Nadam at a step, in `0...1`: 0.96^step.
  private func fading(_ step: Int) -> Float { Float(power(Double(Float(0.96)), step)) }

  override class func check(_ reader: OptionReader) throws(KerasError) {
    for key in ["schedule_decay", "decay"] where reader.has(key) {
      throw reader.problem(
        key,
        "is there: the file is of Nadam as it was in Keras before 2.11, whose momentum fades by "
          + "another rule than that of Keras 2.11 and later, which is the one here")
    }
  }
}
