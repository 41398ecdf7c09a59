import Checkpoints
import Datasets
import JSON
import NeuralNetwork
import Preconditions
import Tensors

/// Comparing the requested settings with those of the resumed run, and changing them.
extension Trainer {
  /// Checks that a run has the requested settings, or is to be changed to them.
  ///
  /// - Parameters:
  ///   - inFile: The settings of the run.
  ///   - state: The state of the run.
  ///   - path: The path of its file.
  ///   - resets: Whether the optimizer is reset, so that it may be a different one.
  /// - Throws: ``TrainingError/otherSettings(path:_:)`` with all differences.
  func check(
    _ inFile: RunSettings, of state: TrainingState, at path: String, resets: Bool
  ) throws(TrainingError) {
    let (found, wanted) = (inFile.json, asked(inFile).json)
    let accepted: Set = resets ? ["optimizer", "optimizer_options"] : []
    let differing = Set(found.keys).union(wanted.keys).subtracting(accepted).sorted().filter {
      found[$0] != wanted[$0] && !isChange(of: $0, to: wanted[$0], in: state)
    }
    guard !differing.isEmpty else { return }
    let earlier = DataDigest(
      sha256: state.dataDigest,
      records: state.dataRecords.map { line in
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        return .init(name: parts.last ?? "", digest: parts.first ?? "")
      })
    let others: Set = ["data_sha256", "image_shape", "classes"]
    if !state.dataRecords.isEmpty, Set(differing).isSubset(of: others),
      let difference = data.digest.firstDifference(from: earlier)
    {
      throw .otherData(path: path, difference)
    }
    func shown(_ name: String, in settings: JSON.Object) -> String {
      guard let value = settings[name] ?? RunSettings.defaults[name] else { return "–" }
      return ModelChoice(json: value)?.name ?? value.string ?? value.text
    }
    throw .otherSettings(
      path: path,
      differing.map { name in
        let (inFile, asked) = (shown(name, in: found), shown(name, in: wanted))
        return .init(
          name: name, inFile: inFile, asked: inFile == asked ? "\(asked) of other layers" : asked)
      })
  }

  /// Whether an option has the value before or after a requested change.
  ///
  /// This happens when a run is repeated with the same options and an added change.
  private func isChange(of name: String, to value: JSON?, in state: TrainingState) -> Bool {
    guard let change = options.changes.last(where: { $0.name == name }) else { return false }
    let known = [change.value] + state.changes.filter { $0.name == name }.map(\.from)
    return known.contains { $0.number == value?.number }
  }

  /// Whether to reset the optimizer now.
  ///
  /// It is reset only once: a repeated command must not lose the moments at every start.
  func resetsOptimizer(of state: TrainingState, _ inFile: RunSettings, isNew: Bool) -> Bool {
    guard options.resetOptimizer else { return false }
    let beginning: Int
    if case .run(_, let step)? = state.origin?.content { beginning = step } else { beginning = 0 }
    let last = state.changes.last {
      $0.name == RunChange.optimizerIterations && $0.step >= beginning
    }
    guard let last, !isNew, inFile.with(options).optimizer.name == inFile.optimizer.name else {
      return true
    }
    report(.alreadyReset(step: last.step))
    return false
  }

  /// Applies the requested changes of settings, except those already in effect.
  ///
  /// - Parameter resets: Whether the optimizer was reset.
  /// - Throws: ``TrainingError`` if a value is not valid.
  func applyChanges(resets: Bool) throws(TrainingError) {
    var next = settings
    if resets {
      next.optimizer = next.with(options).optimizer
      recordReset(from: state.optimizerIterations)
    }
    for change in options.changes {
      if case .learningRate = change {
        next.optimizer.learningRate = change.value
      } else {
        schedule(change)
      }
    }
    try change(to: next)
    // Within an epoch, they take effect at its end.
    if state.stepInEpoch == 0 { try adoptChanges() }
  }

  /// Changes the optimizer settings as of the next step.
  func change(to next: RunSettings) throws(TrainingError) {
    let (old, new) = (settings.json, next.json)
    for name in Set(old.keys).union(new.keys).sorted() where old[name] != new[name] {
      record(name, from: old[name] ?? .null, to: new[name] ?? .null)
    }
    try replaceOptimizer(by: next.optimizer)
    try adopt(next)
  }

  /// Records a change that takes effect at the next epoch.
  private func schedule(_ change: SettingChange) {
    let start = state.globalStep - state.stepInEpoch
    let isPending = { (other: RunChange) in other.name == change.name && other.step > start }
    guard state.changes.last(where: isPending)?.to != change.value else { return }
    state.changes.removeAll(where: isPending)
    let current = settings.json[change.name] ?? .null
    guard current != change.value else { return }
    record(
      change.name, from: current, to: change.value,
      at: state.stepInEpoch == 0 ? start : start + stepsInEpoch)
  }

  /// Records that the optimizer was reset.
  ///
  /// - Parameter iterations: The number of steps before the reset; `nil` if unknown.
  func recordReset(from iterations: Int?) {
    record(
      RunChange.optimizerIterations, from: iterations.map { .integer($0) } ?? .null,
      to: .integer(0))
  }

  private func record(_ name: String, from: JSON, to: JSON, at step: Int? = nil) {
    let change = RunChange(step: step ?? state.globalStep, name: name, from: from, to: to)
    let index = state.changes.firstIndex { $0.step > change.step } ?? state.changes.endIndex
    state.changes.insert(change, at: index)
    report(.changed(change))
  }

  /// Applies the changes that take effect at the start of this epoch.
  func adoptChanges() throws(TrainingError) {
    var next = settings
    for change in state.changes where change.step == state.globalStep {
      guard next.apply(change) else {
        throw .otherState(
          path: options.savePath, .invalidChange(of: change.name, to: change.to.text))
      }
    }
    if next != settings { try adopt(next) }
  }

  // MARK: - The optimizer

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - settings: The settings of the optimizer.
  ///   - path: The path of the file with the settings.
  /// - Returns: The optimizer.
  /// - Throws: ``TrainingError/otherState(path:_:)`` if the settings are invalid.
  func makeOptimizer(
    _ settings: OptimizerSettings, for path: String
  ) throws(TrainingError) -> Optimizer {
    do throws(KerasError) {
      return try settings.makeOptimizer()
    } catch {
      throw .otherState(path: path, .optimizer(error))
    }
  }

  /// Replaces the optimizer by one with other settings and the same state.
  private func replaceOptimizer(by settings: OptimizerSettings) throws(TrainingError) {
    guard OptimizerSettings(of: optimizer) != settings else { return }
    let next = try makeOptimizer(settings, for: options.savePath)
    next.build(for: model.trainableVariables)
    optimizer.build(for: model.trainableVariables)
    require(
      next.slotsInKerasOrder.count == optimizer.slotsInKerasOrder.count,
      "optimizers must have the same slots to exchange their states")
    for (slot, old) in zip(next.slotsInKerasOrder, optimizer.slotsInKerasOrder) {
      slot.value = old.value
    }
    next.iterations = optimizer.iterations
    // The next step sets another rate; if there is none, the file has that of the last one.
    if self.settings.recipe.changesRate, next.hasLearningRateVariable {
      next.learningRate = optimizer.learningRate
    }
    optimizer = next
  }
}
