import Checkpoints
import JSON
import NeuralNetwork

extension Trainer {
  /// The learning rate after each completed epoch, as Keras logs it: that of the next step, without
  /// changes that were made then.
  ///
  /// It is derived from the settings, their changes and the history.
  func learningRates() -> [Double] {
    lastSteps.enumerated().map { epoch, step in
      guard let settings = settings(after: step) else { return 0 }
      if let rates = rates(of: settings, epoch: epoch + 1) {
        return Double(rates((epoch + 1) * stepsInEpoch(batchSize: settings.batchSize)))
      }
      if let rate = settings.optimizer.learningRate.number { return rate }
      let schedule = (try? settings.optimizer.makeOptimizer())?.schedule
      return Double(schedule?(optimizerIterations(after: step)) ?? 0)
    }
  }

  /// The settings with which a step was taken; `nil` if the changes contradict them.
  private func settings(after step: Int) -> RunSettings? {
    let later = state.changes.filter { $0.step >= step && $0.step <= state.globalStep }
    guard !later.isEmpty else { return settings }
    var json = settings.json
    for change in later.reversed() where change.name != RunChange.optimizerIterations {
      json[change.name] = change.from == .null ? nil : change.from
    }
    return try? RunSettings(json, of: options.savePath)
  }

  /// The number of steps of the optimizer after a step of the run.
  private func optimizerIterations(after step: Int) -> Int {
    var past = state
    past.globalStep = step
    past.changes.removeAll { $0.step >= step }
    return past.optimizerIterations
  }
}
