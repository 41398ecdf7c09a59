public import JSON
import Preconditions
public import Tensors

/// The Adadelta optimizer: steps are scaled by the ratio of the root mean squares of past steps and
/// past gradients.
///
/// With the learning rate 1, it is the form of the paper.
///
/// Source: M. Zeiler, *ADADELTA: An Adaptive Learning Rate Method*, arXiv:1212.5701, 2012;
/// keras/src/optimizers/adadelta.py.
///
/// ```swift
/// let weight = Variable([1], name: "weight")
/// let optimizer = Adadelta(learningRate: 1, rho: 0.95)
/// let loss = withGradientTape { weight.value.square().sum() }
/// optimizer.apply(loss.gradients(), to: [weight])  // first steps are tiny: 1 - 0.0014
/// ```
public final class Adadelta: Optimizer {
  /// ρ, the decay rate of both moving averages.
  public let rho: Double

  /// ε, a small constant added to the moving averages, under the roots, for numerical stability.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - rho: The decay rate ρ of the moving averages of squared gradients and squared steps.
  ///   - epsilon: The small constant ε, added to the moving averages, under the roots, for
  ///     numerical stability.
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
    learningRate: any LearningRate = 0.001, rho: Double = 0.95, epsilon: Float = 1e-7,
    weightDecay: Double? = nil, clipnorm: Double? = nil, clipvalue: Double? = nil,
    globalClipnorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
    emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireFraction(rho, "rho", file: file, line: line)
    (self.rho, self.epsilon) = (rho, epsilon)
    super.init(
      learningRate: learningRate, weightDecay: weightDecay, clipnorm: clipnorm,
      clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEMA: useEMA,
      emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name, file: file, line: line)
  }

  /// The config in Keras's form.
  public override var config: JSON.Object {
    super.config.merging(["rho": .number(rho), "epsilon": .number(epsilon)]) { $1 }
  }

  /// The moving averages of the squared gradients and of the squared steps.
  public override var slotGroups: [[String]] { [["accumulated_grad", "accumulated_delta_var"]] }

  /// Updates one variable and its slots.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    variable.adadelta(
      along: gradient, squares: slots[0], steps: slots[1], learningRate: learningRate, rho: rho,
      epsilon: epsilon)
  }
}

extension Adadelta: KerasOptimizer {
  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(rho: try reader.fraction("rho", default: 0.95), epsilon: try reader.epsilon())
  }
}
