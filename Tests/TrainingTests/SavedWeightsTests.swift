import Checkpoints
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

@Suite("Weights that are evaluated and saved")
struct SavedWeightsTests {
  private func weights(_ path: String) throws -> [[UInt32]] {
    try CheckpointFile(opening: path).loadModel().variables.map {
      $0.value.scalars.map(\.bitPattern)
    }
  }

  /// The expected averages follow from the weights after each step: a run of n steps has them.
  @Test("With EMA, a checkpoint holds the averages, and the optimizer the weights of the last step")
  func averages() throws {
    try withTemporaryDirectory { directory in
      let (train, test) = (try pictures(6), try pictures(4))
      var plain = options(in: directory, epochs: 1)
      plain.model = .named(.linear)
      var expected: [[Float]] = []
      var last: [[UInt32]] = []
      for steps in 1...3 {
        plain.savePath = "\(directory)/\(steps).h5"
        plain.maxSteps = steps
        try run(plain, train: train, test: test)
        last = try weights(plain.savePath)
        let values = last.map { $0.map(Float.init(bitPattern:)) }
        expected =
          steps == 1
          ? values
          : zip(expected, values).map { zip($0, $1).map { 0.75 * $0 + (1 - 0.75) * $1 } }
      }
      var averaged = plain
      averaged.savePath = "\(directory)/ema.h5"
      averaged.optimizerOptions = ["use_ema": .bool(true), "ema_momentum": .number(0.75)]
      let recorder = Recorder()
      try run(averaged, train: train, test: test, recorder: recorder)
      let file = try CheckpointFile(opening: averaged.savePath)
      let (model, optimizer) = (try file.loadModel(), try #require(try file.optimizer()))
      let state = try file.restore(model, optimizer)
      #expect(state.holdsAverages)
      #expect(optimizer.averages.map { $0.value.scalars.map(\.bitPattern) } == last)
      for (variable, expected) in zip(model.variables, expected) {
        let difference = zip(variable.value.scalars, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 1e-7, "\(variable.name)")
      }
      // The averages are what was evaluated.
      (averaged.optimizer, averaged.optimizerOptions) = (nil, [:])
      (averaged.epochs, averaged.maxSteps) = (2, nil)
      try run(averaged, train: train, test: test)
      let found = try Content(averaged.savePath).state.history
      #expect(found["test_loss"]?.first == recorder.epochs[0].evaluationLoss)
    }
  }

  /// A run whose first epoch is its best, because the learning rate grows too large.
  private func restoring(in directory: String, epochs: Int) -> RunOptions {
    var options = options(in: directory, epochs: epochs)
    options.model = .named(.linear)
    options.learningRate = 0.5
    options.recipe.warmup = .epochs(4)
    options.recipe.restoresBest = true
    options.bestPath = "\(directory)/best.h5"
    return options
  }

  @Test("The best weights are restored at the end, and a longer run goes on from the last ones")
  func best() throws {
    try withTemporaryDirectory { directory in
      let (train, test) = (try pictures(6), try pictures(4, seed: 7))
      let recorder = Recorder()
      var options = restoring(in: directory, epochs: 3)
      try run(options, train: train, test: test, recorder: recorder)
      let content = try Content(options.savePath)
      let best = try #require(content.state.restoredEpoch)
      let losses = recorder.epochs.map(\.evaluationLoss)
      #expect(losses.min() == losses[best - 1] && best < 3)
      #expect(recorder.names.contains("restored \(best)"))
      #expect(try weights(options.savePath) == weights(directory + "/best.h5"))

      // Nothing is left to do, and nothing is written.
      let before = try readBytes(options.savePath)
      #expect(
        try run(options, train: train, test: test) == .alreadyFinished(epoch: 3, step: 9))
      #expect(try readBytes(options.savePath) == before)

      options.epochs = 5
      try run(options, train: train, test: test)
      let continued = try Content(options.savePath)
      options.savePath = "\(directory)/whole.h5"
      options.bestPath = nil
      try run(options, train: train, test: test)
      #expect(try Content(options.savePath) == continued)
    }
  }

  @Test("Kept weights that do not fit the model are refused")
  func foreignWeights() throws {
    try withTemporaryDirectory { directory in
      let (train, test) = (try pictures(6), try pictures(4))
      var options = restoring(in: directory, epochs: 1)
      try run(options, train: train, test: test)
      let (model, optimizer) = (
        ModelName.linear.makeModel(imageShape: [28, 28, 1], classes: 10), SGD(momentum: 0.9)
      )
      let state = try CheckpointFile(opening: options.savePath).restore(model, optimizer)
      try Checkpoint(
        model: model, optimizer: optimizer, state: state, keptWeights: [Tensor([1, 2])]
      ).save(to: options.savePath)
      options.epochs = 2
      let error = #expect(throws: TrainingError.self) {
        try run(options, train: train, test: test)
      }
      guard case .checkpoint(.content(_, let object, _))? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(object == "/training_state/kept_weights")
      try Checkpoint(model: model, optimizer: optimizer, state: state).save(to: options.savePath)
      #expect(throws: TrainingError.otherState(path: options.savePath, .missingWeights)) {
        try run(options, train: train, test: test)
      }
    }
  }
}
