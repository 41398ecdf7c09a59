import CheckpointStore
import Checkpoints
import Datasets
import Glibc
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing
import Training

@Suite("Training runs")
struct TrainerTests {
  @Test("Reports events in order: steps, evaluation, epoch, save")
  func order() throws {
    try withTemporaryDirectory { directory in
      let recorder = Recorder()
      let outcome = try run(
        options(in: directory), train: pictures(6), test: pictures(4), recorder: recorder)
      #expect(outcome == .finished(step: 6))
      #expect(
        // The time at which a background save finishes depends on the clock.
        recorder.names.filter { $0 != "saved 3" } == [
          "step 1.1", "step 1.2", "step 1.3", "evaluating", "epoch 1 at 3",
          "step 2.1", "step 2.2", "step 2.3", "evaluating", "epoch 2 at 6", "saved 6",
        ])
    }
  }

  @Test("Saves at the requested interval, at the end of an epoch after the evaluation")
  func saveEvery() throws {
    try withTemporaryDirectory { directory in
      let recorder = Recorder()
      var options = options(in: directory, epochs: 3)
      options.saveEvery = .steps(2)
      try run(options, train: pictures(8), test: pictures(4), recorder: recorder)
      #expect(recorder.epochs.map(\.step) == [4, 8, 12])
      // A save that falls due during another one starts later, with the state of that moment.
      let steps = recorder.names.filter { $0.hasPrefix("saved") }.compactMap {
        Int($0.dropFirst(6))
      }
      #expect(steps.first == 2)
      #expect(steps.last == 12)
      #expect(steps == Set(steps).sorted())
      let sparse = Recorder()
      options.savePath = "\(directory)/other.h5"
      options.saveEvery = .epochs(2)
      try run(options, train: pictures(8), test: pictures(4), recorder: sparse)
      #expect(sparse.names.filter { $0.hasPrefix("saved") } == ["saved 8", "saved 12"])
    }
  }

  @Test("Metrics are means over all images, independent of batches and order")
  func accumulators() throws {
    try withTemporaryDirectory { directory in
      let recorder = Recorder()
      var options = options(in: directory)
      // If steps are too small to change a weight, training and evaluation measure the same.
      options.learningRate = 1e-30
      options.batchSize = 3
      let set = try pictures(7)
      try run(options, train: set, test: set, recorder: recorder)
      #expect(recorder.epochs.count == 2)
      for epoch in recorder.epochs {
        #expect(abs(epoch.loss - epoch.evaluationLoss) < 1e-5 * epoch.loss)
        #expect(epoch.accuracy == epoch.evaluationAccuracy)
        #expect((epoch.accuracy * 7).rounded() == epoch.accuracy * 7)
      }
      // Each step reports the mean so far; that of the last step is the mean of the epoch.
      #expect(recorder.steps.map(\.step) == [1, 2, 3, 1, 2, 3])
      #expect(recorder.steps[2].loss == recorder.epochs[0].loss)
      #expect(recorder.steps[5].accuracy == recorder.epochs[1].accuracy)
      #expect(recorder.steps[0].loss != recorder.steps[2].loss)
    }
  }

  @Test("The evaluation does not affect the weights")
  func evaluation() throws {
    try withTemporaryDirectory { directory in
      let (first, second) = (Recorder(), Recorder())
      var options = options(in: directory)
      try run(options, train: pictures(6), test: pictures(3), recorder: first)
      let one = try Content(options.savePath)
      options.savePath = "\(directory)/other.h5"
      try run(options, train: pictures(6), test: pictures(300, seed: 9), recorder: second)
      let other = try Content(options.savePath)
      #expect(one.weights == other.weights)
      #expect(one.slots == other.slots)
      #expect(one.state.layerSeeds == other.state.layerSeeds)
      #expect(first.epochs.map(\.loss) == second.epochs.map(\.loss))
      #expect(first.epochs.map(\.evaluationLoss) != second.epochs.map(\.evaluationLoss))
    }
  }

  @Test("A run that is stopped at any moment and resumed ends with the same bits and reports")
  func resume() throws {
    try withTemporaryDirectory { directory in
      let (train, test) = (try pictures(6), try pictures(60))
      let whole = Recorder()
      var options = options(in: directory)
      try run(options, train: train, test: test, recorder: whole)
      let expected = try Content(options.savePath)
      // Asked after each of three steps and after both batches of the evaluation, in two epochs.
      #expect(whole.askedToStop == 10)
      for patience in 0..<10 {
        let (stopped, resumed) = (Recorder(), Recorder())
        stopped.patience = patience
        options.savePath = "\(directory)/\(patience).h5"
        let steps = [1, 2, 3, 3, 3, 4, 5, 6, 6, 6][patience]
        let outcome = try run(options, train: train, test: test, recorder: stopped)
        #expect(outcome == .stopped(signal: 15, step: steps))
        #expect(stopped.names.last == "saved \(steps)")
        let end = try run(options, train: train, test: test, recorder: resumed)
        #expect(end == .finished(step: 6))
        #expect(resumed.names.first?.hasSuffix("=\(steps)") == true)
        let content = try Content(options.savePath)
        #expect(content == expected, "stopped when it asked for the \(patience + 1)th time")
        let epochs = stopped.epochs + resumed.epochs
        #expect(epochs.map(\.loss) == whole.epochs.map(\.loss))
        #expect(epochs.map(\.evaluationLoss) == whole.epochs.map(\.evaluationLoss))
        #expect(epochs.map(\.accuracy) == whole.epochs.map(\.accuracy))
      }
    }
  }

  @Test("Rejects a state with inconsistent counts, and keeps the file unchanged")
  func contradictions() throws {
    try withTemporaryDirectory { directory in
      let options = options(in: directory)
      let (train, test) = (try pictures(6), try pictures(4))
      let recorder = Recorder()
      recorder.patience = 3
      try run(options, train: train, test: test, recorder: recorder)
      let path = options.savePath
      let changes: [(inout TrainingState) -> Void] = [
        { $0.globalStep += 1 }, { $0.stepInEpoch += 1 }, { $0.dataPosition.elements -= 1 },
        { $0.dataPosition.iteration += 1 },
        {
          $0.stepInEpoch = 9; $0.globalStep = 9; $0.dataPosition.elements = 9
        },
        {
          $0.history = [:]; $0.epoch = 1; $0.stepInEpoch = 0; $0.dataPosition = .init(iteration: 1)
        },
        { $0.epochSeconds = [1, 2, 3] },
      ]
      let sound = try readBytes(path)
      for change in changes {
        try writeBytes(sound, to: path)
        let (model, optimizer) = (QuickstartModel(), SGD(momentum: 0.9))
        var state = try CheckpointFile(opening: path).restore(model, optimizer)
        change(&state)
        try Checkpoint(model: model, optimizer: optimizer, state: state).save(to: path)
        let before = try readBytes(path)
        #expect(
          throws: TrainingError.otherState(path: path, .inconsistentCounts)
        ) { try run(options, train: train, test: test) }
        #expect(try isFile(path, before))
      }
    }
  }

  @Test("A finished run does nothing more")
  func finished() throws {
    try withTemporaryDirectory { directory in
      let recorder = Recorder()
      let options = options(in: directory, epochs: 1)
      let (train, test) = (try pictures(4), try pictures(4))
      try run(options, train: train, test: test)
      let outcome = try run(options, train: train, test: test, recorder: recorder)
      #expect(outcome == .alreadyFinished(epoch: 1, step: 2))
      #expect(recorder.names == ["resumed 1+0=2"])
    }
  }

  @Test(
    "A best epoch whose save fails is saved later, as it was; if that never works, the run fails"
  )
  func bestFails() throws {
    try withTemporaryDirectory { directory in
      let (train, test) = (try pictures(4), try pictures(4))
      for isMended in [true, false] {
        var options = options(in: directory, epochs: 3)
        // No weight changes, so the first epoch remains the best.
        options.learningRate = 1e-30
        options.savePath = "\(directory)/\(isMended).h5"
        options.bestPath = "\(directory)/\(isMended)-best.h5"
        options.patience = 0
        let best = "\(directory)/\(isMended)-best.h5"
        var evaluations = 0
        let trainer = try Trainer(
          options: options, data: data(train: train, test: test),
          report: { event in
            guard case .evaluating = event else { return }
            evaluations += 1
            if evaluations == 1 { mkdir(best, 0o777) }
            if evaluations == 2, isMended { rmdir(best) }
          })
        if isMended {
          #expect(try trainer.run() == .finished(step: 6))
          #expect(try Content(best).state.globalStep == 2)
        } else {
          #expect(
            throws: TrainingError.unsaved(
              .store(.writing(path: best, reason: "Is a directory")),
              saved: SavedCheckpoint(path: options.savePath, step: 6))
          ) { try trainer.run() }
          #expect(try Content(options.savePath).state.globalStep == 6)
        }
      }
    }
  }

  @Test("A finished run whose path cannot be updated is not reported as finished")
  func rollForwardFails() throws {
    try withTemporaryDirectory { directory in
      let (train, test) = (try pictures(4), try pictures(4))
      var options = options(in: directory)
      (options.keep, options.patience) = (2, 0)
      try run(options, train: train, test: test)
      let path = options.savePath
      unlink(path)
      let newest = SavedCheckpoint(path: "\(directory)/ckpt.step-00000004.h5", step: 4)
      #expect(
        throws: TrainingError.unsaved(
          .store(.writing(path: path, reason: "Is a directory")), saved: newest)
      ) {
        try Trainer(
          options: options, data: data(train: train, test: test),
          report: { event in
            if case .resumed = event { mkdir(path, 0o777) }
          }
        ).run()
      }
      rmdir(path)
      #expect(
        try run(options, train: train, test: test) == .alreadyFinished(epoch: 2, step: 4))
      #expect(try Content(path).state.globalStep == 4)
    }
  }

  @Test("Rejects batches without images, and names the argument")
  func invalid() throws {
    var options = RunOptions(savePath: "c.h5")
    options.batchSize = 0
    let set = try pictures(4)
    #expect(throws: TrainingError.self) {
      try Trainer(options: options, data: data(train: set, test: set))
    }
  }
}
