import Checkpoints
import Datasets
import Inference
import ModelFiles
import NeuralNetwork

/// What a run saves, and when.
extension Trainer {
  /// Saves the weights without optimizer and training state, as a checkpoint that cannot be
  /// resumed.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the file cannot be written.
  public func exportWeights(to path: String) throws(TrainingError) {
    try withSavedWeights { () throws(TrainingError) in
      try attempt { () throws(CheckpointError) in
        try Checkpoint(model: model, pictures: pictures, runID: state.runID).save(to: path)
      }
    }
  }

  /// The preparation of pictures and the names of the classes, if there is anything to say.
  private var pictures: PictureConfig? {
    var pictures = options.pictures
    if let names = data.classNames {
      pictures = pictures ?? PictureConfig(classNames: [], scalesBytes: data.train.floats == nil)
      pictures?.classNames = names
    }
    if settings.pixelRange != .zeroToOne, data.train.floats == nil {
      pictures = pictures ?? PictureConfig(classNames: [])
      pictures?.pixelRange = settings.pixelRange.rawValue
    }
    if rejection != nil || settings.recipe.rejectedClass != nil {
      pictures = pictures ?? PictureConfig(classNames: [], scalesBytes: data.train.floats == nil)
      pictures?.rejection = rejection
      pictures?.rejectedClass = settings.recipe.rejectedClass
      if settings.recipe.rejectedClass != nil, data.classNames == nil {
        pictures?.classNames = (0..<settings.classes).map(className)
      }
    }
    return pictures
  }

  /// Saves the run if a save is due, and the processes have put its state together.
  ///
  /// - Throws: ``TrainingError`` if it cannot be saved at all.
  func saveIfDue() throws(TrainingError) {
    guard isFirst, hasWholeState else { return }
    try withSavedWeights { () throws(TrainingError) in try saver.saveIfDue(checkpoint) }
  }

  /// Saves the run at its end, and completes its logs and plots.
  ///
  /// - Parameter isPatient: Returns whether to retry a failed save.
  /// - Throws: ``TrainingError`` if it cannot be saved.
  func saveLast(while isPatient: () -> Bool) throws(TrainingError) {
    guard isFirst else { return }
    try withSavedWeights { () throws(TrainingError) in
      try saver.saveLast(state, checkpoint, while: isPatient)
    }
    writeLogs(isLast: true)
  }

  /// The complete run in its current state.
  var checkpoint: Checkpoint {
    var state = state
    state.layerSeeds = model.seedGenerators.map { .init(seed: $0.seed, counter: $0.counter) }
    state.environment = options.environment
    state.environment[Trainer.epochsFact] = "\(epochs)"
    for fact in [Trainer.eventsFact, Trainer.plotsFact] {
      state.environment[fact] = self.state.environment[fact]
    }
    return Checkpoint(
      model: model, optimizer: optimizer, loss: objective.loss, state: state,
      keptWeights: keptWeights, pictures: pictures)
  }
}
