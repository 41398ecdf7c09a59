public import Tensors

/// Gradient descent with running means of the gradients and of their squares.
///
/// Source: D. Kingma, J. Ba, *Adam*, ICLR 2015, in the form before section 2.1 ("epsilon hat"),
/// which is Keras's (keras/src/optimizers/adam.py); AMSGrad: S. Reddi et al., *On the Convergence
/// of Adam and Beyond*, ICLR 2018.
public class Adam: Optimizer, KerasOptimizer {
  /// How much of the mean gradient remains at each step.
  public final let beta1: Double

  /// How much of the mean square remains at each step.
  public final let beta2: Double

  /// What is added to the root of the mean square.
  public final let epsilon: Float

  /// Whether the largest mean square so far is used in the place of the present one.
  public final let amsgrad: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - beta1: How much of the mean gradient remains at each step.
  ///   - beta2: How much of the mean square remains at each step.
  ///   - epsilon: What is added to the root of the mean square.
  ///   - amsgrad: Whether the largest mean square so far is used.
  ///   - options: What is done beside the rule.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-7,
    amsgrad: Bool = false, options: OptimizerOptions = OptimizerOptions(),
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
    super.init(
      learningRate: learningRate, options: options, name: Self.className.snakeCased, file: file,
      line: line)
  }

  /// The options, as Keras writes them.
  public final override var config: [String: JSON] {
    super.config.merging([
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
      "amsgrad": .bool(amsgrad),
    ]) { $1 }
  }

  /// The two means, and the largest mean square for AMSGrad.
  public final override var slotGroups: [[String]] {
    [["momentum", "velocity"]] + (amsgrad ? [["velocity_hat"]] : [])
  }

  /// Takes a step for one variable.
  public final override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    // In single precision like Keras's, but for the powers, which are rounded only once.
    let power1 = Float(power(Double(Float(beta1)), updates + 1))
    let power2 = Float(power(Double(Float(beta2)), updates + 1))
    let alpha = learningRate * (1 - power2).squareRoot() / (1 - power1)
    variable.adam(
      along: gradient, momentum: slots[0], velocity: slots[1],
      velocityHat: amsgrad ? slots[2] : nil, alpha: alpha, beta1: beta1, beta2: beta2,
      epsilon: epsilon)
  }

  /// Options that add or remove slots.
  package static var optionsOfSlots: [[String: JSON]] { [["amsgrad": .bool(true)]] }

  /// Creates an optimizer with the options of a file.
  package required convenience init(_ reader: SettingsReader) throws(KerasError) {
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.001)
    self.init(
      learningRate: rate, beta1: try reader.decayRate("beta_1", default: 0.9),
      beta2: try reader.decayRate("beta_2", default: 0.999), epsilon: try reader.epsilon(),
      amsgrad: try reader.bool("amsgrad", default: false), options: options)
  }
}
