/// Adam with weight decay.
///
/// Source: I. Loshchilov, F. Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019;
/// keras/src/optimizers/adamw.py. As in Keras, every optimizer can do this by
/// ``OptimizerOptions/weightDecay``; here it is done by default.
public final class AdamW: Adam {
  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - weightDecay: What part of each variable, times the learning rate, is subtracted from it.
  ///   - beta1: How much of the mean gradient remains at each step.
  ///   - beta2: How much of the mean square remains at each step.
  ///   - epsilon: What is added to the root of the mean square.
  ///   - amsgrad: Whether the largest mean square so far is used.
  ///   - options: What else is done beside the rule; their weight decay does not count.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Float = 1e-7, amsgrad: Bool = false,
    options: OptimizerOptions = OptimizerOptions(), file: StaticString = #fileID, line: UInt = #line
  ) {
    var options = options
    options.weightDecay = weightDecay
    super.init(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
      options: options, file: file, line: line)
  }

  /// Creates an optimizer with the options of a file.
  package required convenience init(_ reader: SettingsReader) throws(KerasError) {
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.001)
    if reader.has("weight_decay"), reader.value("weight_decay") == nil {
      throw reader.problem("weight_decay", "is not a number")
    }
    self.init(
      learningRate: rate, weightDecay: options.weightDecay ?? 0.004,
      beta1: try reader.decayRate("beta_1", default: 0.9),
      beta2: try reader.decayRate("beta_2", default: 0.999), epsilon: try reader.epsilon(),
      amsgrad: try reader.bool("amsgrad", default: false), options: options)
  }
}
