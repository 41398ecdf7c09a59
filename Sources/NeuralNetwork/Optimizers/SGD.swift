import Preconditions
public import Tensors

/// Stochastic gradient descent, with momentum if it is asked for.
///
/// Source: keras/src/optimizers/sgd.py; Nesterov's momentum as in I. Sutskever et al., *On the
/// importance of initialization and momentum in deep learning*, ICML 2013.
public final class SGD: Optimizer {
  /// How much of the last step remains, in `0...1`.
  public let momentum: Float

  /// Whether the gradient is taken to be that after the momentum has acted.
  public let nesterov: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - momentum: How much of the last step remains, in `0...1`.
  ///   - nesterov: Whether Nesterov's form of momentum is used.
  ///   - options: What is done beside the rule.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false,
    options: OptimizerOptions = OptimizerOptions(), file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      (0...1).contains(momentum), "SGD: `momentum` must be from 0 to 1, but is \(momentum).",
      file: file, line: line)
    self.momentum = momentum
    self.nesterov = nesterov
    super.init(learningRate: learningRate, options: options, name: "sgd", file: file, line: line)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] {
    super.config.merging(["momentum": .number(momentum), "nesterov": .bool(nesterov)]) { $1 }
  }

  /// The momentum, if there is any.
  public override var slotGroups: [[String]] { momentum == 0 ? [] : [["momentum"]] }

  /// Takes a step for one variable.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    if let velocity = slots.first {
      variable.descend(
        along: gradient, velocity: velocity, learningRate: learningRate, momentum: momentum,
        nesterov: nesterov)
    } else {
      variable.descend(along: gradient, learningRate: learningRate)
    }
  }
}

extension SGD: KerasOptimizer {
  /// Options that add or remove slots.
  package static var optionsOfSlots: [[String: JSON]] { [["momentum": .number(0.9)]] }

  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: SettingsReader) throws(KerasError) {
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.01)
    self.init(
      learningRate: rate, momentum: Float(try reader.decayRate("momentum", default: 0)),
      nesterov: try reader.bool("nesterov", default: false), options: options)
  }
}
