import CheckpointStore
public import Checkpoints
public import Datasets
public import JSON
import ModelFiles
public import NeuralNetwork
import Preconditions
public import Tensors

/// A training loop of one's own that is saved and resumes exactly.
///
/// The run gives epochs and batches; the loop trains. Repeated with the same arguments, it resumes
/// from the checkpoint, at any step and with the bits of an uninterrupted run:
///
/// ```swift
/// let run = try TrainingRun(model, optimizer, batches, metrics: [loss], saveTo: path)
/// while let epoch = try run.nextEpoch(of: 5) {
///   while let (images, labels) = try run.nextBatch() {
///     let batchLoss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
///     optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
///     loss.update(batchLoss)
///   }
///   print("Epoch \(epoch), Loss: \(loss.result)")
/// }
/// ```
///
/// A step begins when ``nextBatch(file:line:)`` returns a batch, and is complete at the next call
/// of ``nextBatch(file:line:)`` or ``nextEpoch(of:file:line:)``. The run is saved only there:
/// weights, optimizer, metrics, history, the random state of the layers, ``values`` and the
/// position in the data. The metrics are reset before each epoch, and their results become its
/// ``history``. Random numbers that the loop draws by itself should be a function of ``step``.
public final class TrainingRun {
  /// The model.
  public let model: Model

  /// The optimizer.
  public let optimizer: Optimizer

  /// Values of the caller by name, such as numbers and strings, which are saved and restored.
  public var values: JSON.Object {
    get { state.values }
    set { state.values = newValue }
  }

  /// The results of the metrics in each completed epoch, by name.
  public var history: [String: [Double]] { state.history }

  /// The number of completed epochs.
  public var completedEpochs: Int { state.epoch }

  /// The number of completed steps since the start of the run.
  public var step: Int { state.globalStep }

  /// The number of completed steps in the current epoch.
  public var stepInEpoch: Int { state.stepInEpoch }

  let batches: Dataset
  let parts: [String: TrainingPart]
  let metrics: [any Metric]
  let loss: (any Loss)?
  let path: String
  let policy: SavePolicy
  let saver: RunSaver
  var state: TrainingState

  private let signals: StopSignals?
  private let report: (TrainingEvent) -> Void
  private var iterator: Dataset.Iterator?
  /// Whether a batch was returned whose step is not complete.
  private var isInStep = false

  /// Creates a run, or resumes it from its checkpoint.
  ///
  /// Weights, optimizer, metrics and values are then those of the checkpoint. A process holds the
  /// lock of the checkpoint for the lifetime of the run.
  ///
  /// - Parameters:
  ///   - model: The model. A run of a model that is not built builds it if it resumes; otherwise
  ///     the first step does.
  ///   - optimizer: The optimizer.
  ///   - batches: The data, read once per epoch. Shuffles and augmentations need a seed.
  ///   - metrics: The metrics that the loop updates, with different names. They must tell their
  ///     ``Metric/variables``.
  ///   - parts: Further models with their optimizers by name, such as the discriminator of a GAN.
  ///   - loss: The loss, if Keras is to compile the model with it.
  ///   - settings: Settings of the caller that determine the results, such as a noise level. They
  ///     are compared when the run resumes.
  ///   - path: The path of the checkpoint.
  ///   - policy: When and where the run is saved.
  ///   - signals: The signals that save and stop the run; `nil` for none.
  ///   - report: Receives the events of the run, such as saves and their failures.
  ///   - file: The file at which programmer errors are reported; by default the caller's.
  ///   - line: The line at which programmer errors are reported; by default the caller's.
  /// - Throws: ``TrainingError/otherSettings(path:_:)`` with all differences if the run in the
  ///   checkpoint has another model, optimizer, data, metrics or settings, or another
  ///   ``TrainingError`` if it cannot be resumed or saved.
  public init(
    _ model: Model, _ optimizer: Optimizer, _ batches: Dataset, metrics: [any Metric] = [],
    parts: [String: TrainingPart] = [:], loss: (any Loss)? = nil, settings: JSON.Object = [:],
    saveTo path: String,
    policy: SavePolicy = SavePolicy(), signals: StopSignals? = nil,
    report: @escaping (TrainingEvent) -> Void = { _ in },
    file: StaticString = #fileID, line: UInt = #line
  ) throws(TrainingError) {
    TrainingRun.check(metrics, batches, Array(parts.keys), file: file, line: line)
    (self.model, self.optimizer, self.batches) = (model, optimizer, batches)
    (self.metrics, self.loss, self.path, self.policy) = (metrics, loss, path, policy)
    (self.signals, self.report, self.parts) = (signals, report, parts)
    saver = RunSaver(policy.options(path: path), report: report)
    if let best = policy.best {
      require(
        metrics.contains { $0.name == best.monitor },
        "`monitor` must be the name of a metric, but is '\(best.monitor)'.", file: file, line: line)
      saver.monitor = MonitoredResult(
        name: best.monitor,
        lowerIsBetter: !best.mode.prefersHigher(best.monitor, of: metrics, file: file, line: line))
    }
    let digest = batches.sha256()
    state = TrainingState(
      seed: model.seed ?? 0, dataDigest: digest,
      settings: TrainingRun.settings(optimizer, batches, digest, metrics, parts, settings))
    state.runID = TrainingState.makeRunID()
    try start()
  }

  deinit { saver.wait() }

  /// Starts or resumes an epoch; at the end of the run, saves its final state.
  ///
  /// It first completes the epoch before: the results of the metrics become its history, and the
  /// run is saved if that is due. Batches that the loop has left out are skipped.
  ///
  /// - Parameters:
  ///   - epochs: The total number of epochs; a finished run is extended by a greater one.
  ///   - file: The file at which programmer errors are reported; by default the caller's.
  ///   - line: The line at which programmer errors are reported; by default the caller's.
  /// - Returns: The number of the epoch, from 1; `nil` if the run is finished and saved.
  /// - Throws: ``TrainingError/stopped(signal:step:path:)`` after a signal, or another
  ///   ``TrainingError`` if the run cannot be saved or contains NaN or infinity.
  public func nextEpoch(
    of epochs: Int, file: StaticString = #fileID, line: UInt = #line
  ) throws(TrainingError) -> Int? {
    require(epochs >= 0, "`epochs` must be at least 0, but is \(epochs).", file: file, line: line)
    state.environment[Trainer.epochsFact] = "\(epochs)"
    if iterator != nil { try completeEpoch() }
    guard state.epoch < epochs else {
      // A new run without epochs has nothing to save.
      if model.isBuilt { try saver.saveLast(state, checkpoint, while: { !isStopped }) }
      return nil
    }
    if state.stepInEpoch == 0 { metrics.forEach { $0.reset() } }
    do throws(DatasetError) {
      iterator = try batches.makeIterator(
        at: .init(
          iteration: state.dataPosition.iteration, elements: state.dataPosition.elements))
    } catch {
      throw .otherState(path: path, .data(error))
    }
    return state.epoch + 1
  }

  /// Completes the step before, saves the run if that is due, and returns the next batch.
  ///
  /// - Parameters:
  ///   - file: The file at which programmer errors are reported; by default the caller's.
  ///   - line: The line at which programmer errors are reported; by default the caller's.
  /// - Returns: Images and labels; `nil` at the end of the epoch.
  /// - Throws: ``TrainingError/stopped(signal:step:path:)`` after a signal, or another
  ///   ``TrainingError`` if the run cannot be saved, contains NaN or infinity, or its data cannot
  ///   be read.
  /// - Precondition: ``nextEpoch(of:file:line:)`` has returned an epoch.
  public func nextBatch(
    file: StaticString = #fileID, line: UInt = #line
  ) throws(TrainingError) -> (Tensor, Tensor)? {
    require(
      iterator != nil, "`nextBatch` must be called between an epoch of `nextEpoch` and the next.",
      file: file, line: line)
    if completeStep() {
      try stopIfAsked()
      // At the end of an epoch, the save follows the evaluation.
      if state.stepInEpoch != batches.count {
        saver.noteStep(state.globalStep)
        try saver.saveIfDue(checkpoint)
      }
    }
    guard let batch = iterator?.next() else {
      if let failure = iterator?.failure { throw .data(failure) }
      return nil
    }
    isInStep = true
    return batch
  }

  /// Requests a save at the end of the current step.
  public func requestSave() {
    saver.request()
  }

  // MARK: - Steps and epochs

  private var isStopped: Bool { signals?.signal != nil }

  /// Counts the step whose batch was returned, and returns whether there is one.
  private func completeStep() -> Bool {
    guard isInStep else { return false }
    isInStep = false
    state.globalStep += 1
    state.stepInEpoch += 1
    state.dataPosition.elements += 1
    if signals?.takeSaveRequest() == true { saver.request() }
    return true
  }

  private func completeEpoch() throws(TrainingError) {
    _ = completeStep()
    iterator = nil
    guard metrics.allSatisfy(\.result.isFinite) else {
      throw saver.notFinite(step: state.globalStep)
    }
    for metric in metrics { state.history[metric.name, default: []].append(metric.result) }
    state.epoch += 1
    state.stepInEpoch = 0
    state.dataPosition = .init(iteration: state.epoch)
    try saver.noteEpoch(state, checkpoint)
    try stopIfAsked()
    saver.noteStep(state.globalStep)
    try saver.saveIfDue(checkpoint)
  }

  /// Saves the run and throws if a signal asks to stop.
  private func stopIfAsked() throws(TrainingError) {
    guard let signal = signals?.signal else { return }
    report(.stopping(signal: signal, step: state.globalStep))
    try saver.saveLast(state, checkpoint, while: { true })
    throw .stopped(signal: signal, step: state.globalStep, path: path)
  }

  /// The complete run in its current state.
  private var checkpoint: Checkpoint {
    var state = state
    state.layerSeeds = model.seedGenerators.map { .init(seed: $0.seed, counter: $0.counter) }
    state.countedIterations = optimizer.iterations
    state.environment.merge(policy.environment) { own, _ in own }
    for metric in metrics { state.metrics[metric.name] = metric.variables }
    return Checkpoint(
      // A mean, such as that of the loss, is no metric of predictions.
      model: model, optimizer: optimizer, loss: loss, metrics: metrics.filter { !($0 is Mean) },
      state: state, parts: parts)
  }
}
