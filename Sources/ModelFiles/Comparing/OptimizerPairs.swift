import HDF5
import NeuralNetwork

/// The optimizer variables in two files, paired by their role in the optimizer.
///
/// See ``ModelPairs`` for an example.
public struct OptimizerPairs {
  /// The variables: iteration, learning rate, and the slots in Keras's order.
  public let pairs: [VariablePair]

  /// Notes about assumptions that are likely but not certain.
  public let notes: [LoadNote]
}

extension OptimizerPairs {
  /// Pairs the variables of two optimizers according to the config in one of the files.
  ///
  /// The result is `nil` if a file contains no optimizer state, or the optimizer or the trainable
  /// weights are unknown.
  ///
  /// - Parameters:
  ///   - first: A file.
  ///   - second: Another file.
  ///   - model: The variables of the models in the files.
  /// - Throws: ``CheckpointError`` if a file cannot be read.
  public init?(
    _ first: borrowing CheckpointFile, _ second: borrowing CheckpointFile, model: ModelPairs
  ) throws(CheckpointError) {
    guard let trained = model.trained, let a = try StoredOptimizer(of: first.container),
      let b = try StoredOptimizer(of: second.container)
    else { return nil }
    let (configA, configB) = (try? first.compileConfig(), try? second.compileConfig())
    for config in [configA, configB] {
      guard let config, let optimizer = try? CompileConfig(kerasConfig: config).optimizer else {
        continue
      }
      let slots = optimizer.expectedSlots(for: trained)
      let shapes = trained.map(\.shape)
      let inFirst = OptimizerMatch(
        optimizer, wanted: slots, shapes: shapes, a, config: OptimizerConfig(compiled: configA))
      let inSecond = OptimizerMatch(
        optimizer, wanted: slots, shapes: shapes, b, config: OptimizerConfig(compiled: configB))
      guard inFirst.differences.isEmpty, inSecond.differences.isEmpty else { continue }

      func slot(_ index: Int, _ match: OptimizerMatch) -> StoredVariable? {
        match.slots.indices.contains(index) ? match.slots[index] : nil
      }
      let head = [
        VariablePair(
          name: "optimizer/iteration", first: inFirst.iteration, second: inSecond.iteration),
        VariablePair(
          name: "optimizer/learning_rate", first: inFirst.learningRate,
          second: inSecond.learningRate),
      ]
      let rest = slots.enumerated().map { index, expected in
        VariablePair(
          name: (["optimizer"] + [expected.variable, expected.name].compactMap(\.self))
            .joined(separator: "/"),
          first: slot(index, inFirst), second: slot(index, inSecond))
      }
      pairs = (head + rest).filter { $0.first != nil || $0.second != nil }
      notes = inFirst.ignoresMomentum || inSecond.ignoresMomentum ? [.unusedMomentum] : []
      return
    }
    return nil
  }
}

extension CheckpointFile {
  /// Reads the learning rate in the compile config of the file.
  ///
  /// - Returns: The learning rate; `nil` if there is none, or a schedule.
  public func configuredLearningRate() -> Double? {
    (try? compileConfig()).flatMap { OptimizerConfig(compiled: $0)?.learningRate }
  }
}
