public import Tensors

/// Adam with Nesterov's momentum.
///
/// Source: T. Dozat, *Incorporating Nesterov Momentum into Adam*, ICLR workshop 2016;
/// keras/src/optimizers/nadam.py.
public final class Nadam: Optimizer {
  /// How much of the mean gradient remains at each step, at most.
  public let beta1: Double

  /// How much of the mean square remains at each step.
  public let beta2: Double

  /// What is added to the root of the mean square.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - beta1: How much of the mean gradient remains at each step, at most.
  ///   - beta2: How much of the mean square remains at each step.
  ///   - epsilon: What is added to the root of the mean square.
  ///   - options: What is done beside the rule.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), file: StaticString = #fileID, line: UInt = #line
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    super.init(learningRate: learningRate, options: options, name: "nadam", file: file, line: line)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] {
    super.config.merging([
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
    ]) { $1 }
  }

  /// The two means.
  public override var slotGroups: [[String]] { [["momentum", "velocity"]] }

  /// The product of all momenta so far, which Keras calls just `variable` in files.
  public override func makeSharedSlots() -> [Variable] {
    [Variable(Tensor(1), name: "u_product", isTrainable: false)]
  }

  /// Computes the product of all momenta so far, which tf_keras does not keep in files.
  package override func deriveSharedSlots() {
    var product: Float = 1
    var step = 1
    while step <= updates, product > 0 {
      product = weakened(product, at: step)
      step += 1
    }
    sharedSlots[0].value = Tensor(product)
  }

  /// Multiplies the product of momenta by the present one.
  public override func beginUpdate() {
    sharedSlots[0].value = Tensor(weakened(sharedSlots[0].value.scalar, at: updates + 1))
  }

  private func weakened(_ product: Float, at step: Int) -> Float {
    product * Float(beta1) * (1 - 0.5 * fading(step))
  }

  /// Takes a step for one variable.
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

  /// How much the momentum is weakened at a step, in `0...1`.
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
