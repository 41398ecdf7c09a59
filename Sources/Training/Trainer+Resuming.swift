import CheckpointStore
import Checkpoints
import JSON
import ModelFiles
import NeuralNetwork

/// Resuming earlier runs.
extension Trainer {
  /// Resumes a run, if there is one to resume.
  func restore() throws(TrainingError) {
    state.runID = TrainingState.makeRunID()
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
      try beginAnew()
    case .never:
      guard !fileExists(options.savePath) || options.overwrite else {
        throw .exists(path: options.savePath, occupant)
      }
      try beginAnew()
    case .from(let path):
      try resume(from: path)
    }
  }

  /// A description of the file at the checkpoint path.
  private var occupant: TrainingError.Occupant {
    guard let found = try? state(in: open(options.savePath)) else { return .file }
    return .run(epoch: found.epoch, step: found.globalStep)
  }

  /// Resumes the run from its newest valid checkpoint, and renames damaged ones.
  private func resume(
    _ path: String, passingOver rejected: [Recovery.Rejected]
  ) throws(TrainingError) {
    let file = try open(path)
    guard let found = try state(in: file) else {
      throw .checkpoint(
        .content(
          path: path, object: "/", problem: "has no training state, so it cannot be resumed"))
    }
    try restore(found, from: file)
    saver.resumed(from: path, passingOver: rejected)
  }

  /// Starts from the named file, or resumes the run that started from it.
  private func resume(from path: String) throws(TrainingError) {
    if !fileExists(path), let recovery = try? saver.recover(), let own = recovery.path,
      try state(in: open(own))?.origin?.path == absolutePath(path)
    {
      return try resume(own, passingOver: recovery.rejected)
    }
    // A missing file is reported before anything else.
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
        // With the same settings, the later state is what this run would compute.
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
        report(.unsealed(path: path))
      }
    } else {
      try begin(with: file, as: origin)
    }
  }

  /// Restores a saved run, and applies the requested changes.
  ///
  /// - Parameters:
  ///   - found: The state in the file.
  ///   - file: The file.
  ///   - origin: The identity of the file, if a new run starts from it; otherwise `nil`.
  /// - Throws: ``TrainingError`` if the run does not match the options, or its counts are
  ///   inconsistent.
  func restore(
    _ found: TrainingState, from file: borrowing CheckpointFile, as origin: RunOrigin? = nil
  ) throws(TrainingError) {
    let path = file.path
    epochs = options.epochs ?? found.requestedEpochs ?? epochs
    var inFile = try RunSettings(found.settings, of: path)
    let resets = !isFinished(found) && resetsOptimizer(of: found, inFile, isNew: origin != nil)
    // The weights of another model would not fit, and the reason would be less clear.
    if !asked(inFile).hasSameModel(as: inFile) {
      try check(inFile, of: found, at: path, resets: resets)
    }
    try adopt(inFile)
    optimizer = try makeOptimizer(
      resets ? inFile.with(options).optimizer : inFile.optimizer, for: path)
    let restored = try attempt { () throws(CheckpointError) in
      try file.restore(model, optimizer, resetOptimizer: resets)
    }
    try takeBackWeights(from: file, restored, resets: resets)
    try takeCalibration(from: file, restored)
    // The optimizer's learning rate is authoritative: earlier versions recorded a different one in
    // the settings of runs that started from Keras files.
    if !resets, optimizer.hasLearningRateVariable, !inFile.recipe.changesRate {
      inFile.optimizer.learningRate = .number(optimizer.learningRate)
    }
    try check(inFile, of: restored, at: path, resets: resets)
    guard isConsistent(restored, inFile),
      resets || restored.optimizerIterations == optimizer.iterations
    else {
      throw .otherState(path: path, .inconsistentCounts)
    }

    let newRunID = state.runID
    state = restored
    ownRunIDs.insert(restored.runID)
    if let origin { state.origin = origin }
    if origin != nil || state.runID.isEmpty { state.runID = newRunID }
    (state.holdsAverages, state.restoredEpoch) = (false, nil)
    // Values of a loop of the user's own, which this one does not have.
    state.values = [:]
    try adopt(inFile)
    saver.resumed(
      at: restored, from: path,
      isAtPath: origin == nil
        && FilePlace(of: path).isSame(as: FilePlace(of: options.savePath)))
    report(
      .resumed(
        path: path, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.globalStep))
    guard !isFinished(state) else { return }
    try applyChanges(resets: resets)
    // If the process is killed before its next save, the changes must not be lost.
    hasNewChanges = origin == nil && state.changes != restored.changes
  }

  /// Whether the counts of a state are consistent with each other and with the data.
  private func isConsistent(_ state: TrainingState, _ settings: RunSettings) -> Bool {
    let length = stepsInEpoch(batchSize: settings.batchSize)
    let start = state.globalStep - state.stepInEpoch
    return state.stepInEpoch <= length
      && state.dataPosition == .init(iteration: state.epoch, elements: state.stepInEpoch)
      && state.epoch == epochs(in: start, of: state, settings)
      && state.changes.allSatisfy { $0.step <= state.globalStep || $0.step == start + length }
      && state.epochSeconds.count <= state.epoch
      && evaluatedOn.resultNames.allSatisfy { name in
        state.history[name, default: []].count == state.epoch
      }
  }

  /// The number of epochs that the first steps of a run complete; `nil` if they end within an
  /// epoch.
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

  func state(
    in file: borrowing CheckpointFile
  ) throws(TrainingError) -> TrainingState? {
    do throws(CheckpointError) { return try file.trainingState() } catch {
      throw .checkpoint(error)
    }
  }
}

extension TrainingState {
  /// The number of epochs requested when the run was saved.
  var requestedEpochs: Int? {
    environment[Trainer.epochsFact].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }
}
