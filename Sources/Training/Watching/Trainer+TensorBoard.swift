import CheckpointStore
import Checkpoints
import Datasets
import Images
import NeuralNetwork
import Plots
import TensorBoard
import Tensors

/// The event files of `tensorBoardPath`.
extension Trainer {
  /// The name of the environment fact with the folder of the run's event files.
  static let eventsFact = "tensorboard"

  /// The tag of the pictures before the first epoch.
  private static let picturesTag = "training_pictures"

  /// The tag of the wrongly classified pictures of an evaluation.
  private static let errorsTag = "worst_errors"

  /// Opens the event files, and adds the training pictures to a new one.
  func openEvents() throws(TrainingError) {
    guard let folder = options.tensorBoardPath else { return }
    let path = absolutePath(folder)
    let isClaimed = state.environment[Trainer.eventsFact] == path
    areEventsClaimed = isClaimed || state.epoch > 0
    let log = try TensorBoardLog(in: folder) { (path, folder) throws(LogProblem) in
      try EventLog(path, isClaimed: isClaimed, replacing: options.overwrite) { [unowned self] in
        folder == TensorBoardLog.folders[0] ? expectedTraining : expectedEvaluation
      }
    }
    if log.train.isAtBeginning, let sheet = TaggedValue.Value(try trainingSheet()) {
      log.train.add([Event(step: 0, time: 0, tag: Trainer.picturesTag, sheet)])
    }
    if let range = log.logs.map(\.incomplete).first(where: { !$0.isEmpty }) {
      report(
        .eventsIncomplete(path: folder, epochs: range.lowerBound + 1...range.upperBound))
    }
    tensorBoard = log
    state.environment[Trainer.eventsFact] = path
  }

  /// Adds the events of the epoch that was just completed, besides its scalars.
  func addEvents() {
    guard let tensorBoard, let step = lastSteps.last else { return }
    func event(_ tag: String, _ value: TaggedValue.Value) -> Event {
      Event(step: state.epoch - 1, time: Double(step), tag: tag, value)
    }
    tensorBoard.train.add(
      model.namedVariables.map { name, variable in
        event("\(name)/histogram", .histogram(Histogram(variable.value.scalars)))
      })
    if let sheet = worstErrors, let errors = TaggedValue.Value(sheet) {
      tensorBoard.validation.add([event(Trainer.errorsTag, errors)])
    }
  }

  /// Writes what the event files lack, once a saved checkpoint proves that they belong to this run.
  func writeEvents() {
    guard let tensorBoard, let folder = options.tensorBoardPath else { return }
    guard areEventsClaimed || saver.hasSaved else { return }
    for (log, path) in zip(tensorBoard.logs, TensorBoardLog.paths(in: folder)) {
      let before = log.problem
      log.update()
      guard let problem = log.problem, problem != before else { continue }
      report(.logFailed(.tensorBoard, path: path, problem))
    }
  }

  // MARK: - Content

  private var expectedTraining: EventLog.Expectation {
    let rates = learningRates()
    return expectation(firstTag: Trainer.picturesTag) { [state] epoch in
      [
        ("epoch_accuracy", Float(state.history["accuracy"]?[epoch] ?? 0)),
        ("epoch_loss", Float(state.history["loss"]?[epoch] ?? 0)),
        ("epoch_learning_rate", Float(rates[epoch])),
      ]
    }
  }

  private var expectedEvaluation: EventLog.Expectation {
    expectation { [state, evaluatedOn] epoch in
      [
        ("epoch_accuracy", Float(state.history[evaluatedOn.accuracyName]?[epoch] ?? 0)),
        ("epoch_loss", Float(state.history[evaluatedOn.lossName]?[epoch] ?? 0)),
      ]
    }
  }

  private func expectation(
    firstTag: String? = nil, scalars: @escaping (_ epoch: Int) -> [(tag: String, value: Float)]
  ) -> EventLog.Expectation {
    EventLog.Expectation(
      writer: "cairn, seed \(settings.seed), data \(settings.dataDigest.prefix(16))",
      lastSteps: lastSteps, firstTag: firstTag, scalars: scalars)
  }
}

extension TaggedValue.Value {
  /// A sheet of pictures; `nil` if it cannot be encoded.
  fileprivate init?(_ sheet: PictureSheet) {
    let image = sheet.drawing.image
    guard let png = try? image.encoded() else { return nil }
    self = .image(png: png, width: image.width, height: image.height)
  }
}
