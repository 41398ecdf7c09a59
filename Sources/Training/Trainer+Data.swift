import Checkpoints
import Datasets
import Inference
import JSON
import NeuralNetwork
import Ranks
import Tensors

/// The settings of a run, and what follows from them: data, objective and learning rates.
extension Trainer {
  /// The number of steps per epoch; the last step may have a smaller batch.
  var stepsInEpoch: Int { stepsInEpoch(batchSize: settings.batchSize) }

  /// Adapts a model to the data; does nothing without one, when that of the resumed run is taken.
  func adaptModel(_ choice: ModelChoice?) throws(TrainingError) {
    guard options.pixelRange == nil || data.train.floats == nil else {
      throw .recipe(.rangeOfNumbers)
    }
    guard let choice else { return }
    do throws(UntrainableModel) {
      settings.model = try choice.adapted(
        imageShape: settings.imageShape, classes: settings.classes,
        frozen: settings.recipe.frozen)
      if options.pixelRange == nil, data.train.floats == nil {
        settings.pixelRange = try settings.rangeOfModel(weights: options.initialWeights)
      }
    } catch {
      throw .model(error)
    }
    ownSettings = settings
    state.settings = settings.json
  }

  /// Creates the model of the settings, unbuilt.
  func makeModel() throws(TrainingError) {
    do throws(UntrainableModel) { model = try settings.makeModel() } catch { throw .model(error) }
    hasModel = true
  }

  /// Builds the model, the optimizer and the objective, which depends on the outputs of the model.
  func build() throws(TrainingError) {
    try checkShards()
    model.build(inputShape: settings.imageShape)
    guard !model.trainableVariables.isEmpty else { throw .model(.allFrozen) }
    evaluationBatches = evaluationBatches(of: evaluated)
    // The batches of a resumed run can have another size.
    do throws(UntrainableModel) { try settings.checkMemory(of: model) } catch {
      throw .model(error)
    }
    optimizer.build(for: model.trainableVariables)
    dividedOptimizer = DividedOptimizer(
      optimizer, of: model.trainableVariables, batchSize: settings.batchSize, over: communicator)
    gradientSum = settings.shards > 1 ? makeGradientSum() : nil
    objective = Objective(
      settings.recipe, counts: images.classCounts(count: settings.classes),
      fromLogits: settings.model.hasLogits(model))
  }

  /// The settings of a resumed run with what the options and the data ask for.
  func asked(_ inFile: RunSettings) -> RunSettings {
    var asked = inFile.with(options)
    asked.imageShape = ownSettings.imageShape
    // A model may have more classes than the data has examples of.
    asked.classes = max(inFile.classes, ownSettings.classes)
    if options.model != nil { asked.model = ownSettings.model }
    if options.pixelRange == nil { asked.pixelRange = inFile.pixelRange }
    asked.initialWeights = ownSettings.initialWeights ?? inFile.initialWeights
    asked.dataDigest = ownSettings.dataDigest
    return asked
  }

  func stepsInEpoch(batchSize: Int) -> Int { (images.count + batchSize - 1) / batchSize }

  /// Applies settings, except those of the optimizer.
  ///
  /// - Throws: ``TrainingError/otherState(path:_:)`` if the batches cannot be created,
  ///   ``TrainingError/model(_:)`` if the model does not fit the pictures.
  func adopt(_ settings: RunSettings) throws(TrainingError) {
    let isSame = settings.hasSameModel(as: self.settings) && settings.seed == self.settings.seed
    self.settings = settings
    if !isSame || !hasModel { try makeModel() }
    try useData()
    state.settings = settings.json
  }

  /// The pictures on which the model is evaluated after each epoch.
  var evaluatedOn: EvaluationSet {
    settings.recipe.validation == nil && data.validation == nil ? .test : .validation
  }

  /// The metric that determines the best epoch.
  var monitor: Monitor {
    options.monitor ?? settings.recipe.monitor
      ?? (evaluatedOn == .test ? .testLoss : .validationLoss)
  }

  /// Prepares batches, objective and learning rates for the settings.
  func useData() throws(TrainingError) {
    images = data.train
    evaluated = data.validation ?? data.test ?? data.train
    if let validation = settings.recipe.validation {
      let count = validation.count(of: data.train.count)
      guard (1..<data.train.count).contains(count) else {
        throw .recipe(.validation(count: count, of: data.train.count))
      }
      (images, evaluated) = data.train.split(holdingOut: count, seed: settings.seed)
    }
    do throws(DatasetError) { batches = try Dataset(images, settings, shards: ownShards) } catch {
      throw .otherState(path: options.savePath, .data(error))
    }
    evaluationBatches = evaluationBatches(of: evaluated)
    if case .list(let weights)? = settings.recipe.classWeights, weights.count != settings.classes {
      throw .recipe(.classWeights(count: weights.count, classes: settings.classes))
    }
    guard evaluatedOn.resultNames.contains(monitor.rawValue) else {
      throw .recipe(.monitor(monitor, measured: evaluatedOn))
    }
    try checkCalibration()
    saver.monitor = monitor.result
    useRate()
  }

  /// The batches of an evaluation.
  func evaluationBatches(of images: ImageSet) -> Dataset {
    var batchSize = evaluationBatchSize
    // A model that needs much memory for one picture does not need it many times.
    if let model = model as? GraphModel,
      let cost = try? model.cost(inputShapes: [settings.imageShape])
    {
      batchSize = max(1, min(batchSize, Int(ModelBudget.Limit.peak / max(1, cost.peak))))
    }
    return Dataset.evaluation(images, in: settings.pixelRange, batchSize: batchSize)
  }

  /// Prepares the learning rates of the next epoch.
  func useRate() {
    rate = rates(of: settings, epoch: state.epoch)
  }

  /// The learning rates of an epoch.
  ///
  /// - Parameters:
  ///   - settings: The settings in this epoch.
  ///   - epoch: The epoch, counted from 0.
  /// - Returns: The rate by step; `nil` if the recipe does not change it.
  func rates(of settings: RunSettings, epoch: Int) -> (@Sendable (Int) -> Float)? {
    let recipe = settings.recipe
    let stepsInEpoch = stepsInEpoch(batchSize: settings.batchSize)
    guard recipe.changesRate,
      var first = settings.optimizer.learningRate.number
    else { return nil }
    if let plateau = recipe.plateau {
      let values = state.history[monitor.rawValue, default: []].prefix(epoch)
      let reduced = plateau.rate(
        Float(first), after: Array(values), lowerIsBetter: monitor.isLossLike)
      first = JSON.number(reduced).number ?? first
    }
    return (recipe.schedule ?? .constant).schedule(
      rate: first, steps: max(1, (recipe.scheduleEpochs ?? epochs) * stepsInEpoch),
      warmup: recipe.warmup?.steps(stepsInEpoch: stepsInEpoch))
  }

  /// The metric that has not improved, and for how many epochs, if that ended the run.
  public var stagnation: (monitor: Monitor, epochs: Int)? {
    guard hasStopped(state), let patience = settings.recipe.patience else { return nil }
    return (monitor, patience)
  }

  /// Whether the monitored metric has not improved for as long as the recipe allows.
  func hasStopped(_ state: TrainingState) -> Bool {
    guard let patience = settings.recipe.patience else { return false }
    let improvement = Improvement(
      prefersHigher: !monitor.isLossLike, minDelta: settings.recipe.minDelta ?? 0)
    return StoppingRule(improvement, patience: patience)
      .stops(after: state.history[monitor.rawValue, default: []])
  }
}

/// The largest batch size of the evaluation, which affects the results only by rounding.
private let evaluationBatchSize = 50

extension Dataset {
  /// The batches of an evaluation.
  fileprivate static func evaluation(
    _ images: ImageSet, in range: PixelRange, batchSize: Int
  ) -> Dataset {
    Dataset(images).batch(batchSize).inRange(range, of: images).prefetch(2)
  }

  /// Brings pixels from the range 0 to 1 to another one; floats stay as they are.
  private func inRange(_ range: PixelRange, of images: ImageSet) -> Dataset {
    guard range != .zeroToOne, images.floats == nil else { return self }
    return map { images, labels in
      // The results are exactly those of `PixelRange.value(of:)`.
      (range == .bytes ? images * 255 : images * 2 - 1, labels)
    }
  }

  /// The batches of a run.
  ///
  /// - Parameters:
  ///   - images: The training images.
  ///   - settings: The settings of the run.
  ///   - shards: The shards of each batch that this process computes.
  /// - Throws: ``DatasetError/invalidArgument(_:)``.
  init(
    _ images: ImageSet, _ settings: RunSettings, shards: Range<Int>
  ) throws(DatasetError) {
    guard settings.batchSize > 0 else {
      throw .invalidArgument("Cannot make batches of \(settings.batchSize) elements")
    }
    guard settings.shuffleBuffer > 0 else {
      throw .invalidArgument(
        "Cannot shuffle with a buffer of \(settings.shuffleBuffer) elements")
    }
    // The weights use the seed itself, so the data needs seeds derived from it.
    var seeds = RandomStream(seed: settings.seed, stream: .max)
    let order = seeds.next()
    var examples = Dataset(images)
    if let augmentation = settings.recipe.augmentation {
      examples = examples.augment(augmentation, seed: seeds.next())
    }
    self =
      examples
      .shuffle(bufferSize: settings.shuffleBuffer, seed: order)
      .batch(settings.batchSize)
      .parts(shards, of: settings.shards)
      .inRange(settings.pixelRange, of: images)
      .prefetch(2)
  }
}
