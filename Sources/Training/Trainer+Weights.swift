import Checkpoints
import ModelFiles
import NeuralNetwork
import Tensors

/// The weights that are evaluated and saved, where they are not those of the last step.
extension Trainer {
  /// Runs a body while the model has the weights that are evaluated and saved: with moving averages
  /// (EMA), these.
  func withSavedWeights<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    state.holdsAverages = optimizer.exchangeAverages()
    defer {
      if state.holdsAverages { optimizer.exchangeAverages() }
      state.holdsAverages = false
    }
    return try body()
  }

  /// Keeps the weights after an epoch if it is the best so far.
  func keepBest() {
    guard settings.recipe.restoresBest == true, bestEpoch == state.epoch else { return }
    withSavedWeights { keptWeights = model.variables.map(\.value) }
  }

  /// Gives the model the weights of the best epoch, at the end of the run; those of the end are
  /// kept instead.
  ///
  /// - Throws: ``TrainingError/ranks(_:)`` if another process cannot continue.
  func restoreBest() throws(TrainingError) {
    guard settings.recipe.restoresBest == true, state.restoredEpoch == nil, let best = bestEpoch,
      let value = state.history[monitor.rawValue]?[best - 1]
    else { return }
    withSavedWeights { exchangeKeptWeights() }
    state.restoredEpoch = best
    accuracy = state.history[evaluatedOn.accuracyName]?[best - 1]
    if best < state.epoch, evaluation != nil {
      evaluation = try evaluate(evaluationBatches) ?? evaluation
    }
    if best < state.epoch || state.stepInEpoch > 0 { calibrateAgain() }
    report(.restoredBest(epoch: best, monitor, value: value))
  }

  /// Gives the model and the optimizer the weights of the last step, after they were loaded.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - found: The state in the file.
  ///   - resets: Whether the optimizer is reset, so that it has no averages.
  /// - Throws: ``TrainingError`` if the kept weights are missing or cannot be read.
  func takeBackWeights(
    from file: borrowing CheckpointFile, _ found: TrainingState, resets: Bool
  ) throws(TrainingError) {
    let kept = try attempt { () throws(CheckpointError) in try file.keptWeights(for: model) }
    let mustKeep = settings.recipe.restoresBest == true && found.epoch > 0
    guard kept != nil || !mustKeep && found.restoredEpoch == nil else {
      throw .otherState(path: file.path, .missingWeights)
    }
    keptWeights = kept ?? []
    if found.restoredEpoch != nil { exchangeKeptWeights() }
    if found.holdsAverages, !resets { optimizer.exchangeAverages() }
  }

  /// The best epoch so far by the monitored metric, from 1.
  private var bestEpoch: Int? {
    monitor.result.best(of: (0..<state.epoch).map { $0 + 1 }, in: state.history)
  }

  private func exchangeKeptWeights() {
    guard keptWeights.count == model.variables.count else { return }
    for (index, variable) in model.variables.enumerated() {
      (variable.value, keptWeights[index]) = (keptWeights[index], variable.value)
    }
  }
}
