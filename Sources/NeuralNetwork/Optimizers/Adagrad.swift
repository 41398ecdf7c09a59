public import JSON
import Preconditions
public import Tensors

/// The Adagrad optimizer: steps are divided by the root of the sum of all squared gradients.
///
/// Source: J. Duchi, E. Hazan, Y. Singer, *Adaptive Subgradient Methods*, JMLR 12, 2011;
/// keras/src/optimizers/adagrad.py.
///
/// ```swift
/// let weight = Variable([1], name: "weight")
/// let optimizer = Adagrad(learningRate: 0.1)
/// let loss = withGradientTape { weight.value.square().sum() }
/// optimizer.apply(loss.gradients(), to: [weight])  // 1 - 0.1 · 2 / √(0.1 + 2²) = 0.901
/// ```
public final class Adagrad: Optimizer {
  /// The initial value of the accumulator (the sum of squared gradients).
  public let initialAccumulatorValue: Double

  /// ε, a small constant added to the accumulator, under the root, for numerical stability.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - initialAccumulatorValue: The initial value of the accumulator (the sum of squared
  ///     gradients), at least 0.
  ///   - epsilon: The small constant ε, added to the accumulator, under the root, for numerical
  ///     stability.
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
    learningRate: any LearningRate = 0.001, initialAccumulatorValue: Double = 0.1,
    epsilon: Float = 1e-7, weightDecay: Double? = nil, clipnorm: Double? = nil,
    clipvalue: Double? = nil, globalClipnorm: Double? = nil, useEMA: Bool = false,
    emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
    gradientAccumulationSteps: Int? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      initialAccumulatorValue >= 0,
      "Adagrad: `initialAccumulatorValue` must be at least 0, but is \(initialAccumulatorValue).",
      file: file, line: line)
    (self.initialAccumulatorValue, self.epsilon) = (initialAccumulatorValue, epsilon)
    super.init(
      learningRate: learningRate, weightDecay: weightDecay, clipnorm: clipnorm,
      clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEMA: useEMA,
      emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name, file: file, line: line)
  }

  /// The config in Keras's form.
  public override var config: JSON.Object {
    super.config.merging([
      "initial_accumulator_value": .number(initialAccumulatorValue), "epsilon": .number(epsilon),
    ]) { $1 }
  }

  /// The accumulator: the sum of squared gradients.
  public override var slotGroups: [[String]] { [["accumulator"]] }

  /// The initial value of the accumulator (the sum of squared gradients).
  public override func initialValue(of name: String) -> Float { Float(initialAccumulatorValue) }

  /// Updates one variable and its slots.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    variable.adagrad(
      along: gradient, accumulator: slots[0], learningRate: learningRate, epsilon: epsilon)
  }
}

extension Adagrad: KerasOptimizer {
  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      initialAccumulatorValue: try reader.number(
        // Keras 2.0 to 2.3 start from 0, without writing it.
        "initial_accumulator_value", default: reader.has("decay") ? 0 : 0.1, in: 0...1e30),
      epsilon: try reader.epsilon())
  }
}
