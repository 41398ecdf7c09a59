import Console
import Inference

/// The progress bar of long work, on a terminal.
final class PredictionProgress {
  private let bar: ProgressBar?
  private let total: Int
  private var completed = 0
  private let start = SuspendingClock.now
  private var hasBegun = false

  /// Counts the pictures, if there is a terminal that can show a bar.
  init(_ program: Predict) {
    guard !Predict.isSilent, Terminal.of(.error, color: program.answers.color).canRedraw,
      let count = PictureInputs.count(
        program.pictures.files, searchesFolders: program.pictures.recursive),
      case let total = count * (program.several.sheet?.count ?? 1), total > 1
    else {
      (bar, total) = (nil, 0)
      return
    }
    self.total = total
    bar = ProgressBar(color: program.answers.color)
  }

  /// Erases the bar, so that something else can be printed.
  func clear() { bar?.clear() }

  /// Counts pictures, and shows the bar from the first second on.
  func update(_ count: Int) {
    completed += count
    guard let bar, start.duration(to: .now) > .seconds(1) else { return }
    if !hasBegun {
      hasBegun = true
      bar.begin("Predicting", completed: completed, total: total)
    }
    bar.update(completed: min(completed, total))
  }
}
