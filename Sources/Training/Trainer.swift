import CheckpointStore
import Checkpoints
public import Datasets
import Inference
import JSON
import ModelFiles
import NeuralNetwork
import Preconditions
public import Ranks
import Tensors

/// Trains a model: epochs, evaluation, saving, stopping and resuming.
///
/// A run that is stopped at any step and resumed computes the same bits as an uninterrupted run.
///
/// ```swift
/// var options = RunOptions(savePath: path)
/// options.epochs = 2
/// options.model = .named(.mlp)
/// let trainer = try Trainer(options: options, data: LabeledImages(train: images))
/// _ = try trainer.run()  // trains, or resumes the run of the checkpoint
/// print(trainer.completedEpochs)
/// ```
public final class Trainer {
  var options: RunOptions
  let report: (TrainingEvent) -> Void

  /// The model; empty before ``hasModel``.
  var model: Model
  /// Whether the model is that of the settings.
  var hasModel = false
  var state: TrainingState

  /// The weights that are saved beside those of the model: those of the best epoch, or once these
  /// are restored, those of the end; empty if none are kept.
  var keptWeights: [Tensor] = []

  /// The settings in effect: from the options, otherwise from the resumed run.
  var settings: RunSettings
  /// The settings of a new run with the options and the data.
  var ownSettings: RunSettings
  var optimizer: Optimizer

  /// The total number of epochs.
  public internal(set) var epochs: Int

  /// The number of completed epochs.
  public var completedEpochs: Int { state.epoch }

  let data: LabeledImages
  /// The training images without those that are held out, and the images of ``evaluatedOn``.
  var images, evaluated: ImageSet
  /// Their batches.
  var batches, evaluationBatches: Dataset
  var objective: Objective
  /// The learning rate by step; `nil` if it does not change.
  var rate: (@Sendable (Int) -> Float)?
  private let start = ContinuousClock.now

  /// The accuracy of the last evaluation, in `0...1`; `nil` before the first one.
  public internal(set) var accuracy: Double?

  /// The last evaluation on the pictures of `evaluatedOn` in this process, if there was one.
  public internal(set) var evaluation: Evaluation?

  /// The calibration of the weights that were evaluated last in this process; `nil` if there was
  /// none since.
  public internal(set) var calibration: Calibration?

  /// The calibration of the weights that are saved; `nil` if they were not evaluated.
  var rejection: RejectionConfig?

  /// The evaluation of the finished model on the test data, if it had no part in the run.
  public private(set) var testEvaluation: Evaluation?

  /// The processes that share the work.
  let communicator: Communicator
  /// What the processes have agreed on after the last step.
  var agreement = Agreement()
  /// The sum of the gradients of the shards, if there are several.
  var gradientSum: GradientSum?
  /// The optimizer that several processes divide among them, if it can be divided.
  var dividedOptimizer: DividedOptimizer?

  /// The number of bytes that this process sent to others in the last step of the run in this
  /// process; 0 for a process that is alone.
  public internal(set) var sentBytesPerStep = 0

  let isStopped: () -> Int32?
  let isAskedToSave: () -> Bool
  let saver: RunSaver
  /// Whether settings were changed since the run was saved.
  var hasNewChanges = false
  /// The IDs of this run and of the runs that it continues.
  var ownRunIDs: Set<String> = []
  var log: RunLog?
  /// Whether a saved checkpoint proves that the log belongs to this run.
  var isLogClaimed = false
  var tensorBoard: TensorBoardLog?
  /// Whether a saved checkpoint proves that the event files belong to this run.
  var areEventsClaimed = false
  var plots: PlotFiles?
  /// Whether a saved checkpoint proves that the plots belong to this run.
  var arePlotsClaimed = false

  /// Creates a trainer.
  ///
  /// - Parameters:
  ///   - options: The options of the run.
  ///   - data: The images. Without a validation and a test set, a fifth of the training set is held
  ///     out for validation, unless the options say how much.
  ///   - communicator: The processes that share the work; each calls ``run()``. By default, this
  ///     process is alone.
  ///   - isStopped: Returns the received stop signal, if any; called after each step.
  ///   - isAskedToSave: Returns whether a save was requested since the last call.
  ///   - report: Receives the events of the run.
  /// - Throws: ``TrainingError/data(_:)`` if the batch size or shuffle buffer size is invalid.
  public init(
    options: RunOptions, data: LabeledImages, communicator: Communicator = Communicator(),
    isStopped: @escaping () -> Int32? = { nil },
    isAskedToSave: @escaping () -> Bool = { false },
    report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws(TrainingError) {
    self.options = options
    self.isStopped = isStopped
    self.isAskedToSave = isAskedToSave
    self.report = report
    self.data = data
    self.communicator = communicator
    saver = RunSaver(options, report: report)
    epochs = options.epochs ?? Trainer.defaultEpochs
    settings = RunSettings(
      options, imageShape: [data.train.height, data.train.width, data.train.channels],
      classes: data.classCount, dataDigest: data.digest.sha256)
    if data.test == nil, data.validation == nil, settings.recipe.validation == nil {
      settings.recipe.validation = .fraction(0.2)
    }
    if settings.recipe.schedule != nil, settings.recipe.scheduleEpochs == nil {
      settings.recipe.scheduleEpochs = epochs
    }
    model = Sequential([])
    ownSettings = settings
    guard let optimizer = try? settings.optimizer.makeOptimizer() else {
      fail(
        "`learningRate` must be greater than 0, but is \(settings.optimizer.learningRate.text)")
    }
    self.optimizer = optimizer
    images = data.train
    do throws(DatasetError) {
      batches = try Dataset(images, settings, shards: 0..<settings.shards)
    } catch {
      throw .data(error)
    }
    evaluated = data.train
    evaluationBatches = batches
    objective = Objective(Recipe(), counts: [])
    state = TrainingState(
      seed: settings.seed, dataDigest: data.digest.sha256, settings: settings.json)
    // Gray data such as MNIST's has few files, and its checkpoints stay as they always were.
    if data.classNames != nil || data.train.channels > 1 || data.train.floats != nil {
      state.dataRecords = data.digest.records.map { "\($0.digest) \($0.name)" }
    }
  }

  static let defaultEpochs = 5

  /// The name of the environment fact with the requested number of epochs.
  static let epochsFact = "epochs"

  /// Runs to the end or until a stop signal, and saves the run.
  ///
  /// - Returns: The outcome of the run.
  /// - Throws: ``TrainingError`` if the run cannot start or continue.
  public func run() throws(TrainingError) -> Outcome {
    // A save in progress is always completed.
    defer { saver.wait() }
    try begin()
    if isFinished {
      accuracy = state.history[evaluatedOn.accuracyName]?.last
      try restoreBest()
      calibrateIfNecessary()
      if isFirst, plots != nil, !arePlotsClaimed {
        try withSavedWeights { () throws(TrainingError) in try saver.saveFirst(checkpoint) }
      }
      try saveLast { self.isStopped() == nil }
      return .alreadyFinished(epoch: state.epoch, step: state.globalStep)
    }
    if isFirst { try prepareSaves() }

    while !isFinished {
      guard let interruption = try trainEpoch() else { continue }
      if case .signal(let signal) = interruption {
        report(.stopping(signal: signal, step: state.globalStep))
      }
      try saveLast { true }
      return switch interruption {
      case .signal(let signal): .stopped(signal: signal, step: state.globalStep)
      case .time: .outOfTime(step: state.globalStep)
      }
    }
    try restoreBest()
    if evaluatedOn == .validation, let set = data.test,
      let test = try evaluate(evaluationBatches(of: set))
    {
      if let failure = set.failure { throw .data(failure) }
      accuracy = test.accuracy
      testEvaluation = test
      report(.tested(loss: test.loss, accuracy: test.accuracy))
    }
    try saveLast { self.isStopped() == nil }
    return .finished(step: state.globalStep)
  }

  /// Locks the files of the run, restores it if there is one, and builds the model.
  ///
  /// Of several processes, the first does so, and the others get the run from it.
  private func begin() throws(TrainingError) {
    guard isFirst else { return try join() }
    try checkFiles()
    try adaptModel(options.model)
    try readInitialWeights()
    try useData()
    try saver.takePlace()
    try restore()
    try claimOutputs()
    try build()
    try saver.makeUpBest(of: state)
    try share()
  }

  /// Warns of a full disk, and makes the first save and the logs.
  private func prepareSaves() throws(TrainingError) {
    let slots = optimizer.slotsInKerasOrder.reduce(0) { $0 + $1.shape.elementCount }
    if let warning = saver.store.spaceWarning(size: 4 * (model.parameterCount + slots)) {
      report(.littleSpace(warning))
    }
    if hasUnclaimedLogs || hasNewChanges {
      try withSavedWeights { () throws(TrainingError) in try saver.saveFirst(checkpoint) }
    }
    writeLogs()
  }

  private var isFinished: Bool { isFinished(state) }

  /// Whether the run is finished in a state.
  func isFinished(_ state: TrainingState) -> Bool {
    state.epoch >= epochs || options.maxSteps.map { state.globalStep >= $0 } ?? false
      || hasStopped(state)
  }

  // MARK: - Training

  /// Trains to the end of the epoch or of the run, and evaluates.
  ///
  /// - Returns: The reason for stopping earlier, if there is one.
  private func trainEpoch() throws(TrainingError) -> Interruption? {
    let start = ContinuousClock.now
    var iterator = try batches(at: state.dataPosition)
    while state.stepInEpoch < stepsInEpoch, !isFinished, let (images, labels) = iterator.next() {
      try step(images, labels)
      try gatherStateIfSaving()
      if let interruption { return interruption }
      if takeSaveRequest() { saver.request() }
      // At the end of an epoch, the save follows the evaluation, and at the end of a run that is
      // calibrated.
      if state.stepInEpoch < stepsInEpoch, !(isFinished && settings.recipe.calibrates == true) {
        saver.noteStep(state.globalStep)
        try saveIfDue()
      }
    }

    if let failure = images.failure { throw .data(failure) }
    let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
    report(.evaluating)
    let calibrates = settings.recipe.calibrates == true
    guard let test = try evaluate(evaluationBatches, calibrates: calibrates) else {
      return interruption
    }
    if let failure = evaluated.failure { throw .data(failure) }
    guard test.loss.isFinite else { throw saver.notFinite(step: state.globalStep) }
    let result = EpochResult(
      epoch: state.epoch + 1, loss: state.accumulators.loss,
      accuracy: state.accumulators.accuracy, evaluatedOn: evaluatedOn, evaluationLoss: test.loss,
      evaluationAccuracy: test.accuracy, step: state.globalStep, seconds: seconds)
    accuracy = test.accuracy
    evaluation = test
    // A run that ends within an epoch can be continued later, so the epoch is not complete.
    let isOver = state.stepInEpoch == stepsInEpoch
    if isOver { try finishEpoch(result) }
    report(.epoch(result))
    if isOver, isFirst {
      try withSavedWeights { () throws(TrainingError) in try saver.noteEpoch(state, checkpoint) }
    }
    if !isFinished {
      saver.noteStep(state.globalStep)
      try saveIfDue()
    }
    return nil
  }

  /// A reason for stopping before the end of the run.
  enum Interruption {
    /// A signal was received.
    case signal(Int32)

    /// The time of the run is over.
    case time
  }

  var interruption: Interruption? {
    if let signal = stopSignal { return .signal(signal) }
    let isOver = communicator.size > 1 ? agreement.isOutOfTime : isOutOfTime
    return isOver ? .time : nil
  }

  /// Whether the time of the run is over in this process.
  var isOutOfTime: Bool {
    options.maxSeconds.map { ContinuousClock.now - start > .seconds($0) } == true
  }

  func batches(
    at position: TrainingState.DataPosition
  ) throws(TrainingError) -> Dataset.Iterator {
    do throws(DatasetError) {
      return try batches.makeIterator(
        at: Dataset.Position(iteration: position.iteration, elements: position.elements))
    } catch {
      throw .otherState(path: options.savePath, .data(error))
    }
  }

  /// Trains on a batch.
  func step(_ images: Tensor, _ labels: Tensor) throws(TrainingError) {
    if let rate {
      optimizer.learningRate = rate(state.epoch * stepsInEpoch + state.stepInEpoch)
    }
    if let gradientSum {
      try stepInShards(images, labels, gradientSum)
    } else {
      try stepAtOnce(images, labels)
    }
    (calibration, rejection) = (nil, nil)
    state.globalStep += 1
    state.stepInEpoch += 1
    state.dataPosition.elements += 1
    report(
      .step(
        Progress(
          epoch: state.epoch + 1, epochs: epochs, step: state.stepInEpoch,
          stepsInEpoch: stepsInEpoch,
          batchSize: settings.batchSize, loss: state.accumulators.loss,
          accuracy: state.accumulators.accuracy)))
  }

  /// Computes the gradient of the whole batch, and applies it.
  private func stepAtOnce(_ images: Tensor, _ labels: Tensor) throws(TrainingError) {
    let (batchLoss, logits) = withGradientTape {
      let logits = model(images, training: true)
      return (trainingLoss(labels, logits), logits)
    }
    let value = Double(batchLoss.scalar)
    guard value.isFinite else { throw saver.notFinite(step: state.globalStep + 1) }
    optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
    state.accumulators.update(loss: value, labels: labels, predictions: logits.argmax())
  }

  /// The loss of a batch or a shard, with the penalty of the regularizers.
  func trainingLoss(_ labels: Tensor, _ logits: Tensor) -> Tensor {
    let loss = objective(labels, logits)
    return model.penalty.map { loss + $0 } ?? loss
  }

  /// Evaluates the model, and calibrates it if asked to; `nil` if a stop signal interrupts it.
  ///
  /// All processes call this, unless one evaluates alone.
  ///
  /// - Throws: ``TrainingError/ranks(_:)`` if another process cannot continue.
  func evaluate(
    _ batches: Dataset, calibrates: Bool = false, isAlone: Bool = false
  ) throws(TrainingError) -> Evaluation? {
    var recorder = EvaluationRecorder()
    var logitRecorder = LogitRecorder()
    var isComplete = true
    try forEachEvaluated(batches, isAlone: isAlone) { batch in
      recorder.add(loss: batch.loss, labels: batch.labels, logits: batch.logits)
      if calibrates { logitRecorder.add(batch.logits, batch.labels) }
      isComplete = stopSignal == nil
      if takeSaveRequest() { saver.request() }
      return isComplete
    }
    if isComplete, calibrates { calibrate(with: logitRecorder) }
    return isComplete ? recorder.evaluation : nil
  }

  private func finishEpoch(_ result: EpochResult) throws(TrainingError) {
    state.history["loss", default: []].append(result.loss)
    state.history["accuracy", default: []].append(result.accuracy)
    state.history[evaluatedOn.lossName, default: []].append(result.evaluationLoss)
    state.history[evaluatedOn.accuracyName, default: []].append(result.evaluationAccuracy)
    state.epochSeconds.append(result.seconds)
    state.epoch += 1
    state.stepInEpoch = 0
    state.dataPosition = .init(iteration: state.epoch)
    state.accumulators = .init()
    keepBest()
    if isFirst { logEpoch() }
    try adoptChanges()
    useRate()
  }

  func attempt<Result: ~Copyable>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(TrainingError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }
}
