import CheckpointStore
import Checkpoints
import Datasets
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

/// Images in which each class has a bar at its own height.
func pictures(_ count: Int, seed: UInt32 = 1, side: Int = 28) throws -> ImageSet {
  var noise = seed
  var pixels: [UInt8] = []
  for index in 0..<count {
    for pixel in 0..<side * side {
      noise = noise &* 1_664_525 &+ 1_013_904_223
      let isBar = pixel / (2 * side) == index % 10 + 2
      pixels.append(UInt8(noise >> 25) + (isBar ? 120 : 0))
    }
  }
  return try ImageSet(
    pixels: pixels, classes: (0..<count).map { UInt16($0 % 10) }, height: side, width: side)
}

/// Images of ten classes, even if there are no examples of some of them.
func data(train: ImageSet, test: ImageSet) -> LabeledImages {
  LabeledImages(train: train, test: test, classNames: (0..<10).map { "\($0)" })
}

/// The options of a run with two images per step and plain gradient descent, saved as `ckpt.h5`.
func options(in directory: String, epochs: Int = 2) -> RunOptions {
  var options = RunOptions(savePath: "\(directory)/ckpt.h5")
  options.epochs = epochs
  options.batchSize = 2
  options.optimizer = OptimizerName(rawValue: "momentum")
  options.learningRate = 0.01
  options.shuffleBuffer = 4
  options.keep = 0
  return options
}

/// Records the events of a run.
final class Recorder {
  private(set) var events: [TrainingEvent] = []
  private(set) var askedToStop = 0
  /// The number of times that the run may ask whether to stop before the answer is yes.
  var patience = Int.max

  func record(_ event: TrainingEvent) { events.append(event) }

  func signal() -> Int32? {
    askedToStop += 1
    return askedToStop > patience ? 15 : nil
  }

  /// The events in short form.
  var names: [String] {
    events.map { event in
      switch event {
      case .resumed(_, let epoch, let stepInEpoch, let step):
        "resumed \(epoch)+\(stepInEpoch)=\(step)"
      case .step(let progress): "step \(progress.epoch).\(progress.step)"
      case .began(_, let iterations, _, _): "began at \(iterations)"
      case .changed(let change): "changed \(change.name) as of \(change.step)"
      case .alreadyReset(let step): "reset at \(step) already"
      case .evaluating: "evaluating"
      case .epoch(let result): "epoch \(result.epoch) at \(result.step)"
      case .stopping(_, let step): "stopping \(step)"
      case .saved(_, let step, _): "saved \(step)"
      case .saveFailed: "not saved"
      case .rolledForward(_, let step): "rolled forward to \(step)"
      case .pathRestored(_, let file): "restored from \(file)"
      case .bestIsGone(_, let epoch, let kept): "best \(epoch) is gone, kept \(kept ?? 0)"
      case .rejected(let file, _): "rejected \(file.path)"
      case .logFailed(_, _, let problem): "log: \(problem)"
      case .eventsIncomplete(_, let epochs): "only scalars of \(epochs)"
      case .pathNotRestored(let error): "not restored: \(error)"
      case .unsealed(let path): "unsealed \(path)"
      case .littleSpace(let sentence): sentence
      case .notApplied(let notes): "not applied: \(notes)"
      case .initialized(_, let names): "initialized but for \(names)"
      case .restoredBest(let epoch, _, _): "restored \(epoch)"
      case .tested(let loss, _): "tested \(loss > 0)"
      case .logReplaced(let path, let newPath): "log \(path) replaced, now \(newPath)"
      }
    }
  }

  var epochs: [EpochResult] {
    events.compactMap { if case .epoch(let result) = $0 { result } else { nil } }
  }

  var steps: [Progress] {
    events.compactMap { if case .step(let progress) = $0 { progress } else { nil } }
  }
}

/// Performs a run.
@discardableResult
func run(
  _ options: RunOptions, train: ImageSet, test: ImageSet, recorder: Recorder = Recorder()
) throws -> Outcome {
  try Trainer(
    options: options, data: data(train: train, test: test), isStopped: recorder.signal,
    report: recorder.record
  ).run()
}

/// The content of a checkpoint that does not depend on the clock.
///
/// Weights and slots are hashed, because a failing test must not print millions of numbers.
struct Content: Equatable {
  let weights: Int
  let slots: Int
  var state: TrainingState

  init(_ path: String) throws {
    let file = try CheckpointFile(opening: path)
    let model = try file.loadModel()
    let optimizer = try #require(try file.optimizer())
    var state = try file.restore(model, optimizer)
    state.epochSeconds = []
    state.environment = [:]
    state.runID = ""
    self.state = state
    weights = model.variables.map { $0.value.scalars.map(\.bitPattern) }.hashValue
    slots = optimizer.slotsInKerasOrder.map { $0.value.scalars.map(\.bitPattern) }.hashValue
  }
}
