public import Checkpoints
public import Datasets
import NeuralNetwork
import Tensors

/// Trains the quickstart model: epochs, evaluation, saving, stopping and resuming.
///
/// A run that is stopped at any step and resumed computes the same bits as one that never was.
public final class Trainer {
  private let options: RunOptions
  private let data: (train: ImageSet, test: ImageSet)
  private let batches: Dataset
  private let testBatches: Dataset
  private let stepsInEpoch: Int
  private let store: CheckpointStore
  private let isStopped: () -> Int32?
  private let report: (TrainingEvent) -> Void

  private let model = QuickstartModel()
  private let optimizer: Optimizer
  private let loss = SparseCategoricalCrossentropy(fromLogits: true)
  private var state: TrainingState
  private var lock: CheckpointLock?
  private var clock: SaveClock

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - options: What the run is asked to do.
  ///   - data: The images to train with and to test on.
  ///   - isStopped: The signal that asks the run to stop, if there is one; asked after each step.
  ///   - report: Receives what happens.
  /// - Throws: ``Datasets/DatasetError`` if the options ask for batches that cannot be made.
  public init(
    options: RunOptions, data: (train: ImageSet, test: ImageSet),
    isStopped: @escaping () -> Int32? = { nil },
    report: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws(DatasetError) {
    self.options = options
    self.data = data
    self.isStopped = isStopped
    self.report = report
    // Streams of one seed must not be drawn from twice: the weights have the seed itself.
    var seeds = RandomStream(seed: options.seed, stream: .max)
    batches = try Dataset(data.train)
      .shuffle(bufferSize: options.shuffleBuffer, seed: seeds.next())
      .batch(options.batchSize)
      .prefetch(2)
    testBatches = try Dataset(data.test).batch(evaluationBatchSize).prefetch(2)
    stepsInEpoch = (data.train.count + options.batchSize - 1) / options.batchSize
    store = CheckpointStore(path: options.savePath, keep: options.keep)
    optimizer = options.optimizer.makeOptimizer(learningRate: options.learningRate)
    let digest = digest(of: [data.train, data.test])
    state = TrainingState(
      seed: options.seed, dataDigest: digest, settings: options.settings(dataDigest: digest))
    clock = SaveClock(options.saveEvery)
    model.seed = options.seed
  }

  /// Runs to the end, or until a signal asks to stop; then everything is saved.
  ///
  /// - Returns: How the run ended.
  /// - Throws: ``TrainingError`` if the run cannot begin or go on.
  public func run() throws(TrainingError) -> Outcome {
    try attempt { () throws(CheckpointError) in
      try store.check()
      lock = try CheckpointLock(for: options.savePath)
    }
    try restore()
    model.build(inputShape: QuickstartModel.imageShape)
    if isFinished { return .alreadyFinished(epoch: state.epoch, step: state.globalStep) }

    while !isFinished {
      if let signal = try trainEpoch() {
        try save()
        return .stopped(signal: signal, step: state.globalStep)
      }
    }
    try save()
    return .finished(step: state.globalStep)
  }

  /// The model's weights alone, as a checkpoint that cannot be resumed but is a third of the size.
  public var weights: Checkpoint { Checkpoint(model: model) }

  private var isFinished: Bool {
    state.epoch >= options.epochs || options.maxSteps.map { state.globalStep >= $0 } ?? false
  }

  // MARK: - Training

  /// Trains to the end of the epoch or of the run, and evaluates.
  ///
  /// - Returns: The signal that asked to stop, if one did.
  private func trainEpoch() throws(TrainingError) -> Int32? {
    let start = ContinuousClock.now
    var iterator = try batches(at: state.dataPosition)
    while state.stepInEpoch < stepsInEpoch, !isFinished, let (images, labels) = iterator.next() {
      try step(images, labels)
      if let signal = isStopped() { return signal }
      // The save at the end of an epoch comes after its evaluation.
      if state.stepInEpoch < stepsInEpoch, clock.isDue(afterStep: state.globalStep) { try save() }
    }

    let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
    report(.evaluating)
    guard let test = evaluate() else { return isStopped() }
    guard test.loss.isFinite else {
      throw notFinite(step: state.globalStep)
    }
    let result = EpochResult(
      epoch: state.epoch + 1, loss: state.accumulators.loss,
      accuracy: state.accumulators.accuracy, testLoss: test.loss, testAccuracy: test.accuracy,
      step: state.globalStep, seconds: seconds)
    // A run may end inside an epoch and be continued later: then the epoch is not over.
    if state.stepInEpoch == stepsInEpoch { finishEpoch(result) }
    report(.epoch(result))
    let isDue =
      clock.isDue(afterEpoch: state.epoch) || clock.isDue(afterStep: state.globalStep)
    if !isFinished, isDue { try save() }
    return nil
  }

  private func batches(
    at position: TrainingState.DataPosition
  ) throws(TrainingError) -> Dataset.Iterator {
    do {
      return try batches.makeIterator(
        at: Dataset.Position(iteration: position.iteration, elements: position.elements))
    } catch {
      throw .otherState(path: options.savePath, problem: "\(error)")
    }
  }

  /// Trains on a batch.
  private func step(_ images: Tensor, _ labels: Tensor) throws(TrainingError) {
    let (batchLoss, logits) = withGradientTape {
      let logits = model(images, training: true)
      return (loss(labels, logits), logits)
    }
    let value = Double(batchLoss.scalar)
    guard value.isFinite else {
      throw notFinite(step: state.globalStep + 1)
    }
    optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)

    state.accumulators.update(loss: value, labels: labels, logits: logits)
    state.globalStep += 1
    state.stepInEpoch += 1
    state.dataPosition.elements += 1
    report(
      .step(
        Progress(
          epoch: state.epoch + 1, step: state.stepInEpoch, stepsInEpoch: stepsInEpoch,
          batchSize: options.batchSize, loss: state.accumulators.loss,
          accuracy: state.accumulators.accuracy)))
  }

  /// Measures loss and accuracy on the test images; `nil` if a signal asked to stop meanwhile.
  private func evaluate() -> (loss: Double, accuracy: Double)? {
    var sums = TrainingState.Accumulators()
    var isComplete = true
    model.forEachPrediction(testBatches) { _, labels, logits in
      sums.update(loss: Double(loss(labels, logits).scalar), labels: labels, logits: logits)
      isComplete = isStopped() == nil
      return isComplete
    }
    return isComplete ? (sums.loss, sums.accuracy) : nil
  }

  private func finishEpoch(_ result: EpochResult) {
    state.history["loss", default: []].append(result.loss)
    state.history["accuracy", default: []].append(result.accuracy)
    state.history["test_loss", default: []].append(result.testLoss)
    state.history["test_accuracy", default: []].append(result.testAccuracy)
    state.epochSeconds.append(result.seconds)
    state.epoch += 1
    state.stepInEpoch = 0
    state.dataPosition = .init(iteration: state.epoch)
    state.accumulators = .init()
  }

  // MARK: - Saving and resuming

  private func save() throws(TrainingError) {
    // A sum is finite only if all its terms are. Such a state is never saved over a good one.
    guard model.variables.allSatisfy({ $0.value.sum().scalar.isFinite }) else {
      throw notFinite(step: state.globalStep)
    }
    state.layerSeeds = model.seedGenerators.map { .init(seed: $0.seed, counter: $0.counter) }
    state.environment = options.environment
    try attempt { () throws(CheckpointError) in
      try store.save(
        Checkpoint(model: model, optimizer: optimizer, loss: loss, state: state))
    }
    clock.saved(step: state.globalStep, epoch: state.epoch)
    report(.saved(path: options.savePath, step: state.globalStep))
  }

  /// Goes on from a checkpoint, if there is one that is to be gone on from.
  private func restore() throws(TrainingError) {
    let exists = fileExists(options.savePath)
    let path: String
    switch options.resume {
    case .auto:
      guard exists else { return }
      path = options.savePath
    case .never:
      guard !exists || options.overwrite else {
        throw .exists(path: options.savePath, advice: "add --overwrite to start over")
      }
      return
    case .from(let other):
      // A path that leads nowhere is the first thing to say.
      try attempt { () throws(CheckpointError) in _ = try CheckpointFile(opening: other) }
      guard !exists || options.overwrite || isSameFile(other, options.savePath) else {
        throw .exists(path: options.savePath, advice: "add --overwrite to replace it")
      }
      path = other
    }

    let wanted = state
    let restored = try attempt { () throws(CheckpointError) -> TrainingState? in
      let file = try CheckpointFile(opening: path)
      guard let found = try file.trainingState() else { return nil }
      // Settings first: another optimizer is more than slots that do not fit.
      guard found.settings == wanted.settings else { return found }
      return try file.restore(model, optimizer, resetOptimizer: options.resetOptimizer)
    }
    guard let restored else { return try begin(with: path) }
    guard restored.settings == wanted.settings else {
      throw .otherSettings(path: path, differences(restored.settings, wanted.settings))
    }
    guard restored.stepInEpoch <= stepsInEpoch,
      restored.dataPosition
        == .init(iteration: restored.epoch, elements: restored.stepInEpoch),
      restored.globalStep == restored.epoch * stepsInEpoch + restored.stepInEpoch,
      restored.globalStep + restored.initialIterations == optimizer.iterations
        || options.resetOptimizer, restored.epochSeconds.count <= restored.epoch,
      ["loss", "accuracy", "test_loss", "test_accuracy"].allSatisfy({ name in
        restored.history[name, default: []].count == restored.epoch
      })
    else {
      throw .otherState(path: path, problem: "its counts of epochs and steps contradict each other")
    }
    state = restored
    clock.saved(step: state.globalStep, epoch: state.epoch)
    report(
      .resumed(
        path: path, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.globalStep))
  }

  /// Begins the run with the weights and the optimizer of a file that holds no run, such as Keras's.
  private func begin(with path: String) throws(TrainingError) {
    guard case .from = options.resume else {
      throw .checkpoint(
        .content(
          path: path, object: "/",
          problem: "has no training state, so no run can go on from it"))
    }
    let notes = try attempt { () throws(CheckpointError) in
      let file = try CheckpointFile(opening: path)
      try file.load(model, optimizer, resetOptimizer: options.resetOptimizer)
      return try file.notes(for: model, options.resetOptimizer ? nil : optimizer).map { "\($0)" }
    }
    state.initialIterations = optimizer.iterations
    report(
      .began(
        path: path, iterations: optimizer.iterations, learningRate: optimizer.learningRate,
        notes: notes))
  }

  private func differences(
    _ inFile: [String: JSON], _ asked: [String: JSON]
  ) -> [TrainingError.Difference] {
    Set(inFile.keys).union(asked.keys).sorted().compactMap { name in
      guard inFile[name] != asked[name] else { return nil }
      func shown(_ value: JSON?) -> String { value.map { $0.string ?? $0.text } ?? "–" }
      return .init(name: name, inFile: shown(inFile[name]), asked: shown(asked[name]))
    }
  }

  private func notFinite(step: Int) -> TrainingError {
    .notFinite(step: step, saved: fileExists(options.savePath) ? options.savePath : nil)
  }

  private func attempt<Result>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(TrainingError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }
}

/// How many test images are looked at once; the result does not depend on it but for rounding.
private let evaluationBatchSize = 50
