import Checkpoints
import ModelFiles
import NeuralNetwork

/// Starting from the weights and the optimizer of a file without a training run, such as a Keras
/// file.
extension Trainer {
  /// Starts a new run from a file.
  ///
  /// The optimizer comes from the file, with its learning rate and options. Different requested
  /// settings are recorded as changes as of step 0.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - origin: The identity of the file.
  /// - Throws: ``TrainingError`` if the model or the optimizer does not match.
  func begin(
    with file: borrowing CheckpointFile, as origin: RunOrigin
  ) throws(TrainingError) {
    try makeModel()
    // A model that is not built yet would be built for the pictures of the file.
    model.build(inputShape: settings.imageShape)
    let resets = options.resetOptimizer
    var initial = settings
    if let described = try describedOptimizer(of: file) { initial.optimizer = described }
    optimizer = try makeOptimizer(initial.optimizer, for: file.path)
    do throws(CheckpointError) {
      try file.load(model, optimizer, resetOptimizer: resets)
    } catch {
      guard case .mismatch = error, options.model == nil,
        let description = try? DescribedModel(in: file)
      else { throw .checkpoint(error) }
      // The file holds another network than the default one: its own is trained.
      try adaptModel(.described(description))
      initial.model = settings.model
      initial.pixelRange = settings.pixelRange
      try makeModel()
      model.build(inputShape: settings.imageShape)
      optimizer = try makeOptimizer(initial.optimizer, for: file.path)
      try attempt { () throws(CheckpointError) in
        try file.load(model, optimizer, resetOptimizer: resets)
      }
    }
    let notes: [String]
    do throws(CheckpointError) {
      notes = try file.notes(for: model, resets ? nil : optimizer).map { "\($0)" }
    } catch {
      throw .checkpoint(error)
    }
    // The current learning rate of the optimizer, which may differ from the one in its config.
    initial.optimizer = OptimizerSettings(of: optimizer) ?? initial.optimizer
    state.initialIterations = optimizer.iterations
    state.origin = origin
    try adopt(initial)
    report(
      .began(
        path: file.path, iterations: optimizer.iterations, learningRate: optimizer.learningRate,
        notes: notes))
    if resets { recordReset(from: nil) }
    try change(to: initial.with(options))
    try applyChanges(resets: false)
  }

  /// The optimizer described by the file; `nil` if there is none, or a different one is requested
  /// that cannot take over its state.
  private func describedOptimizer(
    of file: borrowing CheckpointFile
  ) throws(TrainingError) -> OptimizerSettings? {
    let described: Optimizer?
    do throws(CheckpointError) {
      described = try file.optimizer()
    } catch {
      guard options.resetOptimizer || options.optimizer != nil else { throw .checkpoint(error) }
      return nil
    }
    guard let described, let settings = OptimizerSettings(of: described) else { return nil }
    guard let name = options.optimizer else { return settings }
    guard let asked = try? name.makeOptimizer() else { return nil }
    let isOfOneKind =
      type(of: asked) == type(of: described) && asked.slotNames == described.slotNames
      && !described.options.useEMA
      && described.options.gradientAccumulationSteps == nil
    return isOfOneKind && !options.resetOptimizer ? settings : nil
  }
}
