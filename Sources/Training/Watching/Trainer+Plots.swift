import Checkpoints
import Inference
import Plots

/// The plots of `plotsPath`.
extension Trainer {
  /// The name of the environment fact with the folder of the run's plots.
  static let plotsFact = "plots"

  /// The least time between two updates of the plots during a run.
  private static let plotInterval = Duration.seconds(20)

  /// Opens the folder of the plots.
  func openPlots() throws(TrainingError) {
    guard let folder = options.plotsPath else { return }
    let path = absolutePath(folder)
    arePlotsClaimed = state.environment[Trainer.plotsFact] == path
    plots = try PlotFiles(in: folder, isOwn: arePlotsClaimed || options.overwrite)
    state.environment[Trainer.plotsFact] = path
  }

  /// Writes the plots, if they are due.
  ///
  /// - Parameter isLast: Whether the process ends now.
  func writePlots(isLast: Bool) {
    guard let plots, arePlotsClaimed || saver.hasSaved, state.epoch > 0 else { return }
    let isDue = plots.time.map { .now - $0 > Self.plotInterval } ?? true
    guard isLast || isDue || isFinished(state) else { return }
    if evaluation == nil, isFinished(state), state.stepInEpoch == 0,
      PlotFiles.Plot.allCases.contains(where: { !plots.has($0) })
    {
      // The run was finished without plots.
      evaluation = try? evaluate(evaluationBatches, isAlone: true)
    }
    let before = plots.problem?.path
    plots.write(drawings)
    if let (path, problem) = plots.problem, path != before {
      report(.logFailed(.plots, path: path, problem))
    }
  }

  private var drawings: [(PlotFiles.Plot, Drawing)] {
    let name = evaluatedOn == .test ? "test" : "validation"
    func values(_ name: String) -> [Double] { state.history[name] ?? [] }
    func percent(_ name: String) -> [Double] { values(name).map { $0 * 100 } }
    let best = monitor.result.best(of: (1...state.epoch).map(\.self), in: state.history)
    var drawings: [(PlotFiles.Plot, Drawing)] = [
      (
        .loss,
        CurveChart(
          title: "Loss",
          curves: [
            .init("training", values("loss")), .init(name, values(evaluatedOn.lossName)),
          ], marked: best
        ).drawing
      ),
      (
        .accuracy,
        CurveChart(
          title: "Accuracy",
          curves: [
            .init("training", percent("accuracy")),
            .init(name, percent(evaluatedOn.accuracyName)),
          ], unit: " %", marked: best
        ).drawing
      ),
      (
        .learningRate,
        CurveChart(
          title: "Learning rate at the end of each epoch",
          curves: [.init("learning rate", learningRates())]
        ).drawing
      ),
    ]
    guard let evaluation else { return drawings }
    if evaluation.classCount <= ConfusionChart.maximumClassCount {
      drawings.append(
        (
          .confusion,
          ConfusionChart(
            title: "Confusion matrix of the \(name) pictures",
            names: (0..<evaluation.classCount).map(className),
            counts: evaluation.confusion.counts
          ).drawing
        ))
    }
    var sheet = worstErrors ?? PictureSheet(pictures: [])
    sheet.title =
      sheet.pictures.isEmpty
      ? "No errors on the \(name) pictures" : "Worst errors on the \(name) pictures"
    drawings.append((.worstErrors, sheet.drawing))
    return drawings
  }
}
