public import JSON
public import Tensors

/// The Adamax optimizer: Adam with an exponentially weighted infinity norm instead of the second
/// moment.
///
/// Source: D. Kingma, J. Ba, *Adam*, ICLR 2015, section 7.1; keras/src/optimizers/adamax.py.
public final class Adamax: Optimizer {
  /// β₁, the exponential decay rate of the first moment (the moving average of the gradients).
  public let beta1: Double

  /// β₂, the exponential decay rate of the infinity norm of the gradients.
  public let beta2: Double

  /// ε, a small constant added to the denominator for numerical stability.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate.
  ///   - beta1: β₁, the exponential decay rate of the first moment.
  ///   - beta2: β₂, the exponential decay rate of the infinity norm of the gradients.
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
    super.init(learningRate: learningRate, options: options, name: "adamax", file: file, line: line)
  }

  /// The config in Keras's form.
  public override var config: [String: JSON] {
    super.config.merging([
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
    ]) { $1 }
  }

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
