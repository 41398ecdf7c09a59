/// The AdamW optimizer: Adam with decoupled weight decay.
///
/// Source: I. Loshchilov, F. Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019;
/// keras/src/optimizers/adamw.py. As in Keras, every optimizer supports
/// ``OptimizerOptions/weightDecay``; AdamW enables it by default.
///
/// ```swift
/// let optimizer = AdamW(learningRate: 0.001, weightDecay: 0.01, globalClipnorm: 1)
/// optimizer.excludeFromWeightDecay(names: ["bias"])
/// ```
public final class AdamW: Adam {
  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - weightDecay: The weight decay: each update subtracts learning rate · weight decay ·
  ///     variable.
  ///   - beta1: β₁, the exponential decay rate of the first moment, in `0...1`.
  ///   - beta2: β₂, the exponential decay rate of the second moment, in `0...1`.
  ///   - epsilon: The small constant ε, added to the denominator for numerical stability.
  ///   - amsgrad: Whether to use AMSGrad: the maximum of all second moments so far instead of the
  ///     current one.
  ///   - clipnorm: See ``OptimizerOptions/clipnorm``.
  ///   - clipvalue: See ``OptimizerOptions/clipvalue``.
  ///   - globalClipnorm: See ``OptimizerOptions/globalClipnorm``.
  ///   - useEMA: See ``OptimizerOptions/useEMA``.
  ///   - emaMomentum: See ``OptimizerOptions/emaMomentum``.
  ///   - emaOverwriteFrequency: See ``OptimizerOptions/emaOverwriteFrequency``.
  ///   - gradientAccumulationSteps: See ``OptimizerOptions/gradientAccumulationSteps``.
  ///   - name: The name of the optimizer in files; defaults to `adam_w` (Keras: `adamw`).
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    learningRate: any LearningRate = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Float = 1e-7, amsgrad: Bool = false, clipnorm: Double? = nil,
    clipvalue: Double? = nil, globalClipnorm: Double? = nil, useEMA: Bool = false,
    emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
    gradientAccumulationSteps: Int? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    super.init(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
      weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
      globalClipnorm: globalClipnorm, useEMA: useEMA, emaMomentum: emaMomentum,
      emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name, file: file, line: line)
  }

  /// Creates an optimizer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    if reader.has("weight_decay"), reader.config["weight_decay"] == nil {
      throw reader.problem("weight_decay", "is not a number")
    }
    self.init(
      beta1: try reader.fraction("beta_1", default: 0.9),
      beta2: try reader.fraction("beta_2", default: 0.999), epsilon: try reader.epsilon(),
      amsgrad: try reader.bool("amsgrad", default: false))
  }
}
