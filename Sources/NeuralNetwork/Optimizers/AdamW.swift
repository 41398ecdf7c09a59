/// The AdamW optimizer: Adam with decoupled weight decay.
///
/// Source: I. Loshchilov, F. Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019;
/// keras/src/optimizers/adamw.py. As in Keras, every optimizer supports
/// ``OptimizerOptions/weightDecay``; AdamW enables it by default.
public final class AdamW: Adam {
  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate.
  ///   - weightDecay: The weight decay: each update subtracts learning rate · weight decay ·
  ///     variable.
  ///   - beta1: β₁, the exponential decay rate of the first moment.
  ///   - beta2: β₂, the exponential decay rate of the second moment.
  ///   - epsilon: ε, a small constant added to the denominator for numerical stability.
  ///   - amsgrad: Whether to use AMSGrad: the maximum of all second moments so far instead of the
  ///     current one.
  ///   - options: Options common to all optimizers; their weight decay is ignored.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
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
