public import JSON
public import Tensors

/// The Nadam optimizer: Adam with Nesterov momentum.
///
/// Source: T. Dozat, *Incorporating Nesterov Momentum into Adam*, ICLR workshop 2016;
/// keras/src/optimizers/nadam.py.
public final class Nadam: Optimizer {
  /// β₁, the upper limit of the decay rate of the first moment (the moving average of the
  /// gradients).
  public let beta1: Double

  /// β₂, the exponential decay rate of the second moment (the moving average of the squares).
  public let beta2: Double

  /// ε, a small constant added to the denominator for numerical stability.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate.
  ///   - beta1: β₁, the upper limit of the decay rate of the first moment.
  ///   - beta2: β₂, the exponential decay rate of the second moment.
  ///   - epsilon: ε, a small constant added to the denominator for numerical stability.
  ///   - options: Options common to all optimizers: schedule, clipping, weight decay, EMA, gradient
  ///     accumulation.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    learningRate: Float = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), file: StaticString = #fileID, line: UInt = #line
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    super.init(learningRate: learningRate, options: options, name: "nadam", file: file, line: line)
  }

  /// The config in Keras's form.
  public override var config: [String: JSON] {
    super.config.merging([
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
    ]) { $1 }
  }

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
}

extension Nadam: KerasOptimizer {
  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: SettingsReader) throws(KerasError) {
    for key in ["schedule_decay", "decay"] where reader.has(key) {
      throw reader.problem(
        key,
        "is there: the file is of Nadam as it was in Keras before 2.11, whose momentum fades by "
          + "another rule than that of Keras 2.11 and later, which is the one here")
    }
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.001)
    self.init(
      learningRate: rate, beta1: try reader.decayRate("beta_1", default: 0.9),
      beta2: try reader.decayRate("beta_2", default: 0.999), epsilon: try reader.epsilon(),
      options: options)
  }
}
