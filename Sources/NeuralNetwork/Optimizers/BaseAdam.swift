public import JSON

/// The base class of the optimizers with the moments of Adam.
///
/// See ``Adam`` for an example.
public class BaseAdam: Optimizer {
  /// β₁, the exponential decay rate of the first moment (the moving average of the gradients).
  public final let beta1: Double

  /// β₂, the exponential decay rate of the second moment (the moving average of the squares, or the
  /// infinity norm of ``Adamax``).
  public final let beta2: Double

  /// ε, a small constant added to the denominator for numerical stability.
  public final let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - beta1: β₁, the exponential decay rate of the first moment, in `0...1`.
  ///   - beta2: β₂, the exponential decay rate of the second moment, in `0...1`.
  ///   - epsilon: The small constant ε, added to the denominator for numerical stability.
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
    epsilon: Float = 1e-7, weightDecay: Double? = nil, clipnorm: Double? = nil,
    clipvalue: Double? = nil, globalClipnorm: Double? = nil, useEMA: Bool = false,
    emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
    gradientAccumulationSteps: Int? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    requireFraction(beta1, "beta1", file: file, line: line)
    requireFraction(beta2, "beta2", file: file, line: line)
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    super.init(
      learningRate: learningRate, weightDecay: weightDecay, clipnorm: clipnorm,
      clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEMA: useEMA,
      emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name, file: file, line: line)
  }

  /// Creates an optimizer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    try Self.check(reader)
    self.init(
      beta1: try reader.fraction("beta_1", default: 0.9),
      beta2: try reader.fraction("beta_2", default: 0.999), epsilon: try reader.epsilon())
  }

  /// Throws if a file has options that the class does not support.
  class func check(_ reader: OptionReader) throws(KerasError) {}

  /// The config in Keras's form.
  public override var config: JSON.Object {
    super.config.merging([
      "beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon),
    ]) { $1 }
  }
}
