public import JSON
import Preconditions
public import Tensors

/// Stochastic gradient descent, optionally with momentum.
///
/// Source: keras/src/optimizers/sgd.py; Nesterov momentum as in I. Sutskever et al., *On the
/// importance of initialization and momentum in deep learning*, ICML 2013.
///
/// ```swift
/// let weight = Variable([1], name: "weight")
/// let optimizer = SGD(learningRate: 0.5)
/// let loss = withGradientTape { weight.value.square().sum() }
/// optimizer.apply(loss.gradients(), to: [weight])  // 1 - 0.5 · 2 = 0
/// ```
public final class SGD: Optimizer {
  /// The momentum, in `0...1`: the fraction of the previous step that is added to the next.
  public let momentum: Float

  /// Whether to use Nesterov momentum.
  public let nesterov: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - momentum: The momentum, in `0...1`: the fraction of the previous step that is added to the
  ///     next.
  ///   - nesterov: Whether to use Nesterov momentum.
  ///   - weightDecay: See ``OptimizerOptions/weightDecay``.
  ///   - clipnorm: See ``OptimizerOptions/clipnorm``.
  ///   - clipvalue: See ``OptimizerOptions/clipvalue``.
  ///   - globalClipnorm: See ``OptimizerOptions/globalClipnorm``.
  ///   - useEMA: See ``OptimizerOptions/useEMA``.
  ///   - emaMomentum: See ``OptimizerOptions/emaMomentum``.
  ///   - emaOverwriteFrequency: See ``OptimizerOptions/emaOverwriteFrequency``.
  ///   - gradientAccumulationSteps: See ``OptimizerOptions/gradientAccumulationSteps``.
  ///   - name: The name of the optimizer in files; defaults to `sgd`.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    learningRate: any LearningRate = 0.01, momentum: Float = 0, nesterov: Bool = false,
    weightDecay: Double? = nil, clipnorm: Double? = nil, clipvalue: Double? = nil,
    globalClipnorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
    emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireFraction(Double(momentum), "momentum", file: file, line: line)
    self.momentum = momentum
    self.nesterov = nesterov
    super.init(
      learningRate: learningRate, weightDecay: weightDecay, clipnorm: clipnorm,
      clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEMA: useEMA,
      emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name, file: file, line: line)
  }

  /// The momentum slot, if there is momentum.
  public override var slotGroups: [[String]] { momentum == 0 ? [] : [["momentum"]] }

  /// The config in Keras's form.
  public override var config: JSON.Object {
    super.config.merging(["momentum": .number(momentum), "nesterov": .bool(nesterov)]) { $1 }
  }

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
  package static var optionsOfSlots: [JSON.Object] { [["momentum": .number(0.9)]] }

  /// SGD with momentum 0.9, and the same with Nesterov momentum.
  package static var variants: [(name: String, options: JSON.Object)] {
    [
      ("momentum", ["momentum": .number(0.9)]),
      ("nesterov", ["momentum": .number(0.9), "nesterov": .bool(true)]),
    ]
  }

  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      momentum: Float(try reader.fraction("momentum", default: 0)),
      nesterov: try reader.bool("nesterov", default: false))
  }
}
