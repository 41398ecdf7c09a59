public import Tensors

/// Gradient descent with steps divided by a running root mean square of the gradients.
///
/// Source: keras/src/optimizers/rmsprop.py; T. Tieleman, G. Hinton, *Neural Networks for Machine
/// Learning*, lecture 6.5, 2012.
public final class RMSprop: Optimizer {
  /// How much of the mean square remains at each step.
  public let rho: Double

  /// How much of the last step remains, in `0...1`.
  public let momentum: Float

  /// What is added to the mean square, under the root.
  public let epsilon: Float

  /// Whether the square of the mean gradient is subtracted, which leaves the variance.
  public let centered: Bool

  /// Whether ``epsilon`` is added to the root, as Keras 2 did, and not under it.
  public let addsEpsilonToRoot: Bool

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - rho: How much of the mean square remains at each step.
  ///   - momentum: How much of the last step remains, in `0...1`.
  ///   - epsilon: What is added to the mean square, under the root.
  ///   - centered: Whether the square of the mean gradient is subtracted.
  ///   - addsEpsilonToRoot: Whether epsilon is added to the root, as Keras 2 did where there is no
  ///     momentum.
  ///   - options: What is done beside the rule.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float = 0.001, rho: Double = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
    centered: Bool = false, addsEpsilonToRoot: Bool = false,
    options: OptimizerOptions = OptimizerOptions(), file: StaticString = #fileID, line: UInt = #line
  ) {
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    self.addsEpsilonToRoot = addsEpsilonToRoot
    super.init(
      learningRate: learningRate, options: options, name: "rmsprop", file: file, line: line)
  }

  /// The options, as Keras writes them.
  ///
  /// That there is a `decay`, as in Keras 2, tells that the rule is Keras 2's; Keras 3 warns of it.
  public override var config: [String: JSON] {
    super.config.merging(
      [
        "rho": .number(rho), "momentum": .number(momentum), "epsilon": .number(epsilon),
        "centered": .bool(centered), "decay": addsEpsilonToRoot ? .number(0 as Double) : nil,
      ].compactMapValues(\.self)
    ) { $1 }
  }

  /// The mean square, and what momentum and centering need.
  public override var slotGroups: [[String]] {
    [["velocity"]] + (momentum > 0 ? [["momentum"]] : []) + (centered ? [["average_gradient"]] : [])
  }

  /// Takes a step for one variable.
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
  package static var optionsOfSlots: [[String: JSON]] {
    let (momentum, centered) = (JSON.number(0.9), JSON.bool(true))
    return [
      ["momentum": momentum], ["centered": centered],
      ["momentum": momentum, "centered": centered],
    ]
  }

  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: SettingsReader) throws(KerasError) {
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.001)
    let momentum = Float(try reader.decayRate("momentum", default: 0))
    self.init(
      learningRate: rate, rho: try reader.decayRate("rho", default: 0.9), momentum: momentum,
      epsilon: try reader.epsilon(), centered: try reader.bool("centered", default: false),
      // Only the optimizers of Keras 2 have a decay. Source: tf_keras/optimizers/legacy/rmsprop.py
      addsEpsilonToRoot: reader.has("decay") && momentum == 0, options: options)
  }
}
