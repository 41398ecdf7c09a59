public import JSON
public import Tensors

/// The RMSprop optimizer: steps are divided by the root of a moving average of the squared
/// gradients.
///
/// Source: keras/src/optimizers/rmsprop.py; T. Tieleman, G. Hinton, *Neural Networks for Machine
/// Learning*, lecture 6.5, 2012.
///
/// ```swift
/// let optimizer = RMSprop(learningRate: 0.001, rho: 0.9, momentum: 0.9)
/// ```
public final class RMSprop: Optimizer {
  /// ρ, the decay rate of the moving average of the squared gradients.
  public let rho: Double

  /// The momentum, in `0...1`: the fraction of the previous step that is added to the next.
  public let momentum: Float

  /// ε, a small constant added to the mean square, under the root, for numerical stability.
  public let epsilon: Float

  /// Whether to use the variance of the gradients (centered) instead of their mean square.
  public let centered: Bool

  /// Whether to add ``epsilon`` to the root, as Keras 2 does, instead of under the root.
  public let addsEpsilonToRoot: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - rho: ρ, the decay rate of the moving average of the squared gradients.
  ///   - momentum: The momentum, in `0...1`: the fraction of the previous step that is added to the
  ///     next.
  ///   - epsilon: The small constant ε, added to the mean square, under the root, for numerical
  ///     stability.
  ///   - centered: Whether to use the variance of the gradients (centered) instead of their mean
  ///     square.
  ///   - addsEpsilonToRoot: Whether to add epsilon to the root instead of under it, as Keras 2 does
  ///     without momentum.
  ///   - weightDecay: See ``OptimizerOptions/weightDecay``.
  ///   - clipnorm: See ``OptimizerOptions/clipnorm``.
  ///   - clipvalue: See ``OptimizerOptions/clipvalue``.
  ///   - globalClipnorm: See ``OptimizerOptions/globalClipnorm``.
  ///   - useEMA: See ``OptimizerOptions/useEMA``.
  ///   - emaMomentum: See ``OptimizerOptions/emaMomentum``.
  ///   - emaOverwriteFrequency: See ``OptimizerOptions/emaOverwriteFrequency``.
  ///   - gradientAccumulationSteps: See ``OptimizerOptions/gradientAccumulationSteps``.
  ///   - name: The name of the optimizer in files; defaults to `rmsprop`.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    learningRate: any LearningRate = 0.001, rho: Double = 0.9, momentum: Float = 0,
    epsilon: Float = 1e-7, centered: Bool = false, addsEpsilonToRoot: Bool = false,
    weightDecay: Double? = nil, clipnorm: Double? = nil, clipvalue: Double? = nil,
    globalClipnorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
    emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireFraction(rho, "rho", file: file, line: line)
    requireFraction(Double(momentum), "momentum", file: file, line: line)
    (self.rho, self.momentum, self.epsilon) = (rho, momentum, epsilon)
    (self.centered, self.addsEpsilonToRoot) = (centered, addsEpsilonToRoot)
    super.init(
      learningRate: learningRate, weightDecay: weightDecay, clipnorm: clipnorm,
      clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEMA: useEMA,
      emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps, name: name ?? "rmsprop", file: file,
      line: line)
  }

  /// The config in Keras's form.
  ///
  /// `decay`, an option of Keras 2, marks the update rule of Keras 2; Keras 3 warns about it.
  public override var config: JSON.Object {
    super.config.merging(
      [
        "rho": .number(rho), "momentum": .number(momentum), "epsilon": .number(epsilon),
        "centered": .bool(centered), "decay": addsEpsilonToRoot ? .number(0 as Double) : nil,
      ]
    ) { $1 }
  }

  /// The mean square, the momentum if any, and the mean gradient if centered.
  public override var slotGroups: [[String]] {
    [["velocity"]] + (momentum > 0 ? [["momentum"]] : []) + (centered ? [["average_gradient"]] : [])
  }

  /// Updates one variable and its slots.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    variable.rmsprop(
      along: gradient, velocity: slots[0],
      momentum: momentum > 0 ? (slots[1], momentum) : nil,
      averageGradient: centered ? slots.last : nil,
      learningRate: learningRate, rho: rho, epsilon: epsilon,
      rootFirst: addsEpsilonToRoot)
  }
}

extension RMSprop: KerasOptimizer {
  /// Options that add or remove slots.
  package static var optionsOfSlots: [JSON.Object] {
    let (momentum, centered) = (JSON.number(0.9), JSON.bool(true))
    return [
      ["momentum": momentum], ["centered": centered],
      ["momentum": momentum, "centered": centered],
    ]
  }

  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let momentum = Float(try reader.fraction("momentum", default: 0))
    self.init(
      rho: try reader.fraction("rho", default: 0.9), momentum: momentum,
      epsilon: try reader.epsilon(), centered: try reader.bool("centered", default: false),
      // Only the optimizers of Keras 2 have a decay. Source: tf_keras/optimizers/legacy/rmsprop.py
      addsEpsilonToRoot: reader.has("decay") && momentum == 0)
  }
}
