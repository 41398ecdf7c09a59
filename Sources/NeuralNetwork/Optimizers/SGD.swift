public import JSON
import Preconditions
public import Tensors

/// Stochastic gradient descent, optionally with momentum.
///
/// Source: keras/src/optimizers/sgd.py; Nesterov momentum as in I. Sutskever et al., *On the
/// importance of initialization and momentum in deep learning*, ICML 2013.
public final class SGD: Optimizer {
  /// The momentum, in `0...1`: the fraction of the previous step that is added to the next.
  public let momentum: Float

  /// Whether to use Nesterov momentum.
  public let nesterov: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate.
  ///   - momentum: The momentum, in `0...1`: the fraction of the previous step that is added to the
  ///     next.
  ///   - nesterov: Whether to use Nesterov momentum.
  ///   - options: Options common to all optimizers: schedule, clipping, weight decay, EMA, gradient
  ///     accumulation.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
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

  /// The config in Keras's form.
  public override var config: [String: JSON] {
    super.config.merging(["momentum": .number(momentum), "nesterov": .bool(nesterov)]) { $1 }
  }

  /// The momentum slot, if there is momentum.
  public override var slotGroups: [[String]] { momentum == 0 ? [] : [["momentum"]] }

  /// Updates one variable and its slots.
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
