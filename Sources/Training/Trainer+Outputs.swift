import CheckpointStore
import Checkpoints
import Glibc
import JSON
import ModelFiles

/// The output files of a run: a run writes only its own files.
extension Trainer {
  /// Checks that all files of the run are different, before any is touched.
  ///
  /// - Throws: ``TrainingError/sameFile(_:path:_:other:isName:)``.
  func checkFiles() throws(TrainingError) {
    do throws(FilePlan<FileRole>.Conflict) {
      var plan = FilePlan<FileRole>()
      try plan.addOutput(options.savePath, as: .checkpoint, isCheckpoint: true)
      if let path = options.bestPath {
        try plan.addOutput(path, as: .best, isCheckpoint: true)
      }
      if let path = options.logPath { try plan.addOutput(path, as: .log) }
      for path in options.tensorBoardPath.map(TensorBoardLog.paths) ?? [] {
        try plan.addOutput(path, as: .tensorBoard)
      }
      for path in options.plotsPath.map(PlotFiles.paths) ?? [] {
        try plan.addOutput(path, as: .plots)
      }
      if let path = options.weightsPath {
        try plan.addOutput(path, as: .weights, isCheckpoint: true)
      }
      if case .from(let path) = options.resume {
        try plan.addInput(path, as: .resumed, besides: [.checkpoint, .best])
      }
      for path in options.dataPaths { try plan.addInput(path, as: .data) }
      for stream in [STDOUT_FILENO, STDERR_FILENO] {
        try plan.add(descriptor: stream, as: .standardStream)
      }
    } catch {
      throw TrainingError(error)
    }
  }

  /// Checks that existing output files belong to this run or may be overwritten.
  ///
  /// - Throws: ``TrainingError/occupied(_:by:)`` or ``TrainingError/log(path:_:)``.
  func claimOutputs() throws(TrainingError) {
    let isNew = ownRunIDs.isEmpty
    ownRunIDs.insert(state.runID)
    if case .run(let id, _)? = state.origin?.content { ownRunIDs.insert(id) }
    let others = try saver.foreignFiles(to: ownRunIDs, isNew: isNew)
    try openLog()
    try openEvents()
    try openPlots()
    try saver.remove(others)
  }

  private func openLog() throws(TrainingError) {
    guard let path = options.logPath else { return }
    isLogClaimed = state.logPosition != nil || state.epoch > 0
    let log = try RunLog(
      path, isClaimed: state.logPosition != nil, replacing: options.overwrite, time: options.time,
      format: LogFormat(path: path, names: evaluatedOn.resultNames + ["step"])
    ) { [unowned self] in lines(from: $0) }
    if let damaged = log.damaged { report(.logReplaced(path: path, setAsideAs: damaged)) }
    self.log = log
    state.logPosition = lines(from: 0).count
  }

  /// Logs a completed epoch.
  ///
  /// It must happen before a checkpoint contains the epoch, because histograms and pictures cannot
  /// be computed later.
  func logEpoch() {
    if log != nil {
      state.logPosition = (state.logPosition ?? 0) + lines(from: state.epoch - 1).count
    }
    addEvents()
    writeLogs()
  }

  /// Whether no checkpoint records yet which logs belong to this run.
  ///
  /// If it were killed before its first save, the next one would not recognise them.
  var hasUnclaimedLogs: Bool {
    log != nil && !isLogClaimed || tensorBoard != nil && !areEventsClaimed
      || plots != nil && !arePlotsClaimed
  }

  /// Writes what the logs lack, once a saved checkpoint proves that they belong to this run.
  ///
  /// - Parameter isLast: Whether the process ends now.
  func writeLogs(isLast: Bool = false) {
    writeLog()
    writeEvents()
    writePlots(isLast: isLast)
  }

  private func writeLog() {
    guard let log, let path = options.logPath else { return }
    guard isLogClaimed || saver.hasSaved else { return }
    let before = log.problem
    log.update(epochs: state.epoch)
    if let problem = log.problem, problem != before {
      report(.logFailed(.log, path: path, problem))
    }
  }

  /// A log, event file or plot that lacks something, and the reason; `nil` if there is none.
  public var incompleteFile: (role: FileRole, path: String, problem: LogProblem)? {
    var files = options.logPath.map { [(FileRole.log, $0, log?.problem)] } ?? []
    if let folder = options.tensorBoardPath, let tensorBoard {
      files += zip(TensorBoardLog.paths(in: folder), tensorBoard.logs).map {
        (.tensorBoard, $0, $1.problem)
      }
    }
    if let (path, problem) = plots?.problem { files.append((.plots, path, problem)) }
    for case (let role, let path, let problem?) in files { return (role, path, problem) }
    return nil
  }

  /// The lines of the log from an epoch on, counted from 0.
  private func lines(from epoch: Int) -> [UInt8] {
    guard let path = options.logPath, epoch < state.epoch else { return [] }
    let format = LogFormat(path: path, names: evaluatedOn.resultNames + ["step"])
    let steps = lastSteps
    let lines = (epoch..<state.epoch).map { index in
      let results = evaluatedOn.resultNames.map { JSON.number(state.history[$0]?[index] ?? 0) }
      return format.line(index + 1, results + [.integer(steps[index])])
    }
    return Array(((epoch == 0 ? format.header : "") + lines.joined()).utf8)
  }

  /// The last step of each completed epoch; a change of the batch size changes the steps per epoch.
  var lastSteps: [Int] {
    let changes = state.changes.filter { $0.name == "batch_size" }
    var step = 0
    return (0..<state.epoch).map { _ in
      let size = changes.first { $0.step > step }?.from.integer ?? settings.batchSize
      step += stepsInEpoch(batchSize: size)
      return step
    }
  }
}
