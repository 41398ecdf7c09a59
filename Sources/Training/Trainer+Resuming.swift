import Checkpoints
import NeuralNetwork

/// Going on from what an earlier run has left.
extension Trainer {
  /// Resumes a run, if there is one to resume.
  func restore() throws(TrainingError) {
    state.runID = newRunID()
    switch options.resume {
    case .auto:
      let recovery = try saver.recover()
      if let path = recovery.path { return try resume(path, passingOver: recovery.rejected) }
      guard recovery.rejected.isEmpty else {
        throw .noneGood(path: options.savePath, recovery.rejected)
      }
      guard options.changes.isEmpty, !options.resetOptimizer else {
        throw .nothingToChange(path: options.savePath)
      }
    case .never:
      guard !fileExists(options.savePath) || options.overwrite else {
        throw .exists(path: options.savePath, occupant)
      }
    case .from(let path):
      try resume(from: path)
    }
  }

  /// What is at the path of the checkpoint.
  private var occupant: TrainingError.Occupant {
    guard let found = try? state(in: open(options.savePath)) else { return .file }
    return .run(epoch: found.epoch, step: found.globalStep)
  }

  /// Resumes the run from its own newest checkpoint, and gives damaged ones other names.
  private func resume(
    _ path: String, passingOver rejected: [Recovery.Rejected]
  ) throws(TrainingError) {
    let file = try open(path)
    guard let found = try state(in: file) else {
      throw .checkpoint(
        .content(
          path: path, object: "/", problem: "has no training state, so no run can go on from it"))
    }
    try restore(found, from: file)
    saver.resumed(from: path, passingOver: rejected)
  }

  /// Begins with a file that is named, or resumes the run that began with it.
  private func resume(from path: String) throws(TrainingError) {
    if !fileExists(path), let recovery = try? saver.recover(), let own = recovery.path,
      try state(in: open(own))?.origin?.path == absolutePath(path)
    {
      return try resume(own, passingOver: recovery.rejected)
    }
    // A path that leads nowhere is the first thing to say.
    let file = try open(path)
    let found = try state(in: file)
    let origin = RunOrigin(
      path: absolutePath(path),
      content: try attempt { () throws(CheckpointError) in try file.origin(of: found) })
    let recovery = try saver.recover()
    if let own = recovery.path, let saved = try state(in: open(own)) {
      if FilePlace(of: own).isSame(as: FilePlace(of: path))
        || saved.origin?.isOrigin(of: origin) == true
      {
        return try resume(own, passingOver: recovery.rejected)
      }
      if let found, found.runID == saved.runID, !found.runID.isEmpty {
        if found.globalStep >= saved.globalStep { return try restore(found, from: file) }
        // With the same settings it has computed what would be computed again.
        if options.changes.isEmpty, !options.resetOptimizer, !options.overwrite {
          return try resume(own, passingOver: recovery.rejected)
        }
        guard options.overwrite else {
          throw .exists(
            path: options.savePath,
            .laterState(step: saved.globalStep, resumed: found.globalStep))
        }
      }
      guard options.overwrite else {
        throw .exists(path: options.savePath, .run(epoch: saved.epoch, step: saved.globalStep))
      }
    } else if !recovery.rejected.isEmpty, !options.overwrite {
      throw .exists(path: options.savePath, .file)
    }
    if let found {
      try restore(found, from: file, as: origin)
      if file.seal == .unsealed {
        report(.warning("'\(path)' has no seal, so damage to it would go unnoticed"))
      }
    } else {
      try begin(with: file, as: origin)
    }
  }

  /// Restores a run as it was saved, and changes what is to be changed.
  ///
  /// - Parameters:
  ///   - found: The state in the file.
  ///   - file: The file.
  ///   - origin: What tells the file from others, if another run begins with it.
  /// - Throws: ``TrainingError`` if the run does not fit the options or its counts contradict each other.
  private func restore(
    _ found: TrainingState, from file: borrowing CheckpointFile, as origin: RunOrigin? = nil
  ) throws(TrainingError) {
    let path = file.path
    epochs = options.epochs ?? found.requestedEpochs ?? epochs
    var inFile = try RunSettings(found.settings, of: path)
    let resets = !isFinished(found) && resetsOptimizer(of: found, inFile, isNew: origin != nil)
    optimizer = try makeOptimizer(
      resets ? inFile.with(options).optimizer : inFile.optimizer, for: path)
    model.seed = inFile.seed
    let restored = try attempt { () throws(CheckpointError) in
      try file.restore(model, optimizer, resetOptimizer: resets)
    }
    // The rate in the optimizer is the one that was used: a run that began with a file of Keras once
    // recorded another among its settings.
    if !resets, optimizer.hasLearningRateVariable {
      inFile.optimizer.learningRate = .number(optimizer.learningRate)
    }
    try check(inFile, of: restored, at: path, resets: resets)
    guard isConsistent(restored, inFile),
      resets || restored.optimizerIterations == optimizer.iterations
    else {
      throw .otherState(path: path, problem: "its counts of epochs and steps contradict each other")
    }

    let newRunID = state.runID
    state = restored
    ownRunIDs.insert(restored.runID)
    if let origin { state.origin = origin }
    if origin != nil || state.runID.isEmpty { state.runID = newRunID }
    try adopt(inFile)
    saver.resumed(
      at: state, from: path,
      isAtPath: origin == nil
        && FilePlace(of: path).isSame(as: FilePlace(of: options.savePath)))
    report(
      .resumed(
        path: path, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.globalStep))
    guard !isFinished(state) else { return }
    try applyChanges(resets: resets)
    // Killed before its next save, the run must still know of them.
    hasNewChanges = origin == nil && state.changes != restored.changes
  }

  /// Whether what is counted in a state fits together, and the data.
  private func isConsistent(_ state: TrainingState, _ settings: RunSettings) -> Bool {
    let length = stepsInEpoch(batchSize: settings.batchSize)
    let start = state.globalStep - state.stepInEpoch
    return state.stepInEpoch <= length
      && state.dataPosition == .init(iteration: state.epoch, elements: state.stepInEpoch)
      && state.epoch == epochs(in: start, of: state, settings)
      && state.changes.allSatisfy { $0.step <= state.globalStep || $0.step == start + length }
      && state.epochSeconds.count <= state.epoch
      && ["loss", "accuracy", "test_loss", "test_accuracy"].allSatisfy { name in
        state.history[name, default: []].count == state.epoch
      }
  }

  /// How many epochs the first steps of a run are; `nil` if they end inside one.
  private func epochs(
    in steps: Int, of state: TrainingState, _ settings: RunSettings
  ) -> Int? {
    let changes = state.changes.filter { $0.name == "batch_size" && $0.step <= steps }
    var sizes = changes.map(\.from.integer) + [settings.batchSize]
    var epochs = 0
    var start = 0
    for end in changes.map(\.step) + [steps] {
      guard let size = sizes.removeFirst(), size > 0, end >= start else { return nil }
      let (count, rest) = (end - start).quotientAndRemainder(
        dividingBy: stepsInEpoch(batchSize: size))
      guard rest == 0 else { return nil }
      epochs += count
      start = end
    }
    return epochs
  }

  func open(_ path: String) throws(TrainingError) -> CheckpointFile {
    try attempt { () throws(CheckpointError) in try CheckpointFile(opening: path) }
  }

  private func state(
    in file: borrowing CheckpointFile
  ) throws(TrainingError) -> TrainingState? {
    do throws(CheckpointError) { return try file.trainingState() } catch {
      throw .checkpoint(error)
    }
  }

  private func newRunID() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }
}

extension TrainingState {
  /// How many epochs were asked for when the run was saved.
  fileprivate var requestedEpochs: Int? {
    environment[Trainer.epochsFact].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }
}
