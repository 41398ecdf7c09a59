public import JSON
public import Tensors

/// The Adam optimizer, optionally with AMSGrad.
///
/// Steps use exponential moving averages of the gradients (first moment) and of their squares
/// (second moment).
///
/// Source: D. Kingma, J. Ba, *Adam*, ICLR 2015, in the form before section 2.1 ("epsilon hat"),
/// which is Keras's (keras/src/optimizers/adam.py); AMSGrad: S. Reddi et al., *On the Convergence
/// of Adam and Beyond*, ICLR 2018.
///
/// ```swift
/// let weight = Variable([1], name: "weight")
/// let optimizer = Adam(learningRate: 0.1)
/// let loss = withGradientTape { weight.value.square().sum() }
/// optimizer.apply(loss.gradients(), to: [weight])  // the first step is the learning rate: 0.9
/// ```
public class Adam: BaseAdam, KerasOptimizer {
  /// Whether to use AMSGrad: the maximum of all second moments so far instead of the current one.
  public final let amsgrad: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - beta1: β₁, the exponential decay rate of the first moment, in `0...1`.
  ///   - beta2: β₂, the exponential decay rate of the second moment, in `0...1`.
  ///   - epsilon: The small constant ε, added to the denominator for numerical stability.
  ///   - amsgrad: Whether to use AMSGrad: the maximum of all second moments so far instead of the
  ///     current one.
  ///   - weightDecay: See ``OptimizerOptions/weightDecay``.
  ///   - clipnorm: See ``OptimizerOptions/clipnorm``.
  ///   - clipvalue: See ``OptimizerOptions/clipvalue``.
  ///   - globalClipnorm: See ``OptimizerOptions/globalClipnorm``.
  ///   - useEMA: See ``OptimizerOptions/useEMA``.
  ///   - emaMomentum: See ``OptimizerOptions/emaMomentum``.
  ///   - emaOverwriteFrequency: See ``OptimizerOptions/emaOverwriteFrequency``.
  ///   - gradientAccumulationSteps: See ``OptimizerOptions/gradientAccumulationSteps``.
  ///   - name: The name of the optimizer in files; defaults to the class name in snake case, as in
  ///     Keras.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    learningRate: any LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Float = 1e-7, amsgrad: Bool = false, weightDecay: Double? = nil,
    clipnorm: Double? = nil, clipvalue: Double? = nil, globalClipnorm: Double? = nil,
    useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
    gradientAccumulationSteps: Int? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.amsgrad = amsgrad
    super.init(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
      globalClipnorm: globalClipnorm, useEMA: useEMA, emaMomentum: emaMomentum,
      emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name, file: file, line: line)
  }

  /// The config in Keras's form.
  public final override var config: JSON.Object {
    super.config.merging(["amsgrad": .bool(amsgrad)]) { $1 }
  }

  /// The first moment, the second moment, and the maximum second moment for AMSGrad.
  public final override var slotGroups: [[String]] {
    [["momentum", "velocity"]] + (amsgrad ? [["velocity_hat"]] : [])
  }

  /// Updates one variable and its slots.
  public final override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    // Single precision as in Keras, except for the powers, which are rounded only once.
    let power1 = Float(power(Double(Float(beta1)), updates + 1))
    let power2 = Float(power(Double(Float(beta2)), updates + 1))
    let alpha = learningRate * (1 - power2).squareRoot() / (1 - power1)
    variable.adam(
      along: gradient, momentum: slots[0], velocity: slots[1],
      velocityHat: amsgrad ? slots[2] : nil, alpha: alpha, beta1: beta1, beta2: beta2,
      epsilon: epsilon)
  }

  /// Options that add or remove slots.
  package static var optionsOfSlots: [JSON.Object] { [["amsgrad": .bool(true)]] }

  /// Creates an optimizer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      beta1: try reader.fraction("beta_1", default: 0.9),
      beta2: try reader.fraction("beta_2", default: 0.999), epsilon: try reader.epsilon(),
      amsgrad: try reader.bool("amsgrad", default: false))
  }
}
