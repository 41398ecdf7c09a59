import Checkpoints
import ModelFiles
import NeuralNetwork

/// Starting a run with the weights of another model.
extension Trainer {
  /// Finds out with which weights the options ask to start, as a part of the settings.
  func readInitialWeights() throws(TrainingError) {
    guard let path = options.initialWeights else { return }
    let digest = try attempt { () throws(CheckpointError) in
      try CheckpointFile(opening: path).sha256()
    }
    ownSettings.initialWeights = digest
    settings.initialWeights = digest
    state.settings = settings.json
  }

  /// Creates the model of a new run, with the weights that the options name.
  func beginAnew() throws(TrainingError) {
    try makeModel()
    if case .described(let description)? = options.model, !description.notes.isEmpty {
      report(.notApplied(notes: description.notes))
    }
    guard let path = options.initialWeights, let digest = settings.initialWeights else { return }
    let file = try open(path)
    model.build(inputShape: settings.imageShape)
    let kept = try attempt { () throws(CheckpointError) in try file.transferWeights(to: model) }
    state.origin = RunOrigin(path: absolutePath(path), content: .weights(sha256: digest))
    report(.initialized(path: path, newLayers: kept))
  }

  /// The height, width and channels to which pictures are brought for a run; `nil` for those that
  /// can be any.
  ///
  /// - Parameter options: The options of the run; without a model, that of the run to resume.
  /// - Returns: Three extents.
  public static func inputExtents(for options: RunOptions) -> [Int?] {
    if let model = options.model { return model.inputExtents }
    let path: String? =
      switch options.resume {
      case .auto: options.savePath
      case .from(let path): path
      case .never: nil
      }
    if let path, let file = try? CheckpointFile(opening: path) {
      if let state = try? file.trainingState(),
        let settings = try? RunSettings(state.settings, of: path)
      {
        return settings.imageShape.map { $0 }
      }
      if let description = try? DescribedModel(in: file) {
        return ModelChoice.described(description).inputExtents
      }
    }
    return ModelChoice.named(.quickstart).inputExtents
  }
}
