import Preconditions
public import Tensors

/// Gradient descent with steps divided by the root of the sum of all squared gradients.
///
/// Source: J. Duchi, E. Hazan, Y. Singer, *Adaptive Subgradient Methods*, JMLR 12, 2011;
/// keras/src/optimizers/adagrad.py.
public final class Adagrad: Optimizer {
  /// What the sum of squares begins with.
  public let initialAccumulatorValue: Double

  /// What is added to the sum of squares, under the root.
  public let epsilon: Float

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is.
  ///   - initialAccumulatorValue: What the sum of squares begins with, at least 0.
  ///   - epsilon: What is added to the sum of squares, under the root.
  ///   - options: What is done beside the rule.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float = 0.001, initialAccumulatorValue: Double = 0.1, epsilon: Float = 1e-7,
    options: OptimizerOptions = OptimizerOptions(), file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      initialAccumulatorValue >= 0,
      "Adagrad: `initialAccumulatorValue` must be at least 0, but is \(initialAccumulatorValue).",
      file: file, line: line)
    self.initialAccumulatorValue = initialAccumulatorValue
    self.epsilon = epsilon
    super.init(
      learningRate: learningRate, options: options, name: "adagrad", file: file, line: line)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] {
    super.config.merging([
      "initial_accumulator_value": .number(initialAccumulatorValue), "epsilon": .number(epsilon),
    ]) { $1 }
  }

  /// The sum of squares.
  public override var slotGroups: [[String]] { [["accumulator"]] }

  /// What the sum of squares begins with.
  public override func initialValue(of name: String) -> Float { Float(initialAccumulatorValue) }

  /// Takes a step for one variable.
  public override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    variable.adagrad(
      along: gradient, accumulator: slots[0], learningRate: learningRate, epsilon: epsilon)
  }
}

extension Adagrad: KerasOptimizer {
  /// Creates an optimizer with the options of a file.
  package convenience init(_ reader: SettingsReader) throws(KerasError) {
    let (rate, options) = try reader.optimizerOptions(learningRate: 0.001)
    self.init(
      learningRate: rate,
      initialAccumulatorValue: try reader.number(
        // Keras 2.0 to 2.3 began with 0, and did not say so.
        "initial_accumulator_value", default: reader.has("decay") ? 0 : 0.1, in: 0...1e30),
      epsilon: try reader.epsilon(), options: options)
  }
}
