public import Tensors

/// Adam with the largest gradient in the place of the root mean square.
///
/// Source: D. Kingma, J. Ba, *Adam*, ICLR 2015, section 7.1; keras/src/optimizers/adamax.py.
public final class Adamax: Optimizer {
  /// How much of the mean gradient remains at each step.
  public let beta1: Double

  /// How much of the largest gradient remains at each step.
  public let beta2: Double

  /// What is added to the largest gradient.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - beta1: How much of the mean gradient remains at each step.
  ///   - beta2: How much of the largest gradient remains at each step.
  ///   - epsilon: What is added to the largest gradient.
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
    super.init(learningRate: learningRate, options: options, name: "adamax", file: file, line: line)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] {
    super.config.merging([
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
    ]) { $1 }
  }

  /// The mean and the largest gradient.
  public override var slotGroups: [[String]] { [["momentum", "norm"]] }

  /// Takes a step for one variable.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    let power1 = Float(power(Double(Float(beta1)), updates + 1))
    variable.adamax(
      along: gradient, momentum: slots[0], norm: slots[1], learningRate: learningRate,
      correction: 1 - power1, beta1: beta1, beta2: beta2, epsilon: epsilon)
  }
}

extension Adamax: KerasOptimizer {
  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: SettingsReader) throws(KerasError) {
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.001)
    self.init(
      learningRate: rate, beta1: try reader.decayRate("beta_1", default: 0.9),
      beta2: try reader.decayRate("beta_2", default: 0.999), epsilon: try reader.epsilon(),
      options: options)
  }
}
