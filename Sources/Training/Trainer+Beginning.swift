import Checkpoints
import NeuralNetwork

/// Beginning with the weights and the optimizer of a file that holds no run, such as Keras's.
extension Trainer {
  /// Begins the run with a file.
  ///
  /// The optimizer is the one that the file describes, with its learning rate and options. Where the options
  /// ask for something else, that is a change as of step 0.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - origin: What tells the file from others.
  /// - Throws: ``TrainingError`` if the model or the optimizer does not fit.
  func begin(
    with file: borrowing CheckpointFile, as origin: RunOrigin
  ) throws(TrainingError) {
    let resets = options.resetOptimizer
    var initial = settings
    if let described = try describedOptimizer(of: file) { initial.optimizer = described }
    optimizer = try makeOptimizer(initial.optimizer, for: file.path)
    let notes: [String]
    do throws(CheckpointError) {
      try file.load(model, optimizer, resetOptimizer: resets)
      notes = try file.notes(for: model, resets ? nil : optimizer).map { "\($0)" }
    } catch {
      throw .checkpoint(error)
    }
    // The rate in the file's optimizer, rather than the one that it was compiled with.
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

  /// What the file says of its optimizer; `nil` if it says nothing, or another one is asked for that
  /// cannot have its state.
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
    let asked = name.makeOptimizer(learningRate: described.learningRate)
    let isOfOneKind =
      type(of: asked) == type(of: described) && asked.slotNames == described.slotNames
      && described.options.movingAverage == nil
      && described.options.gradientAccumulationSteps == nil
    return isOfOneKind && !options.resetOptimizer ? settings : nil
  }
}
