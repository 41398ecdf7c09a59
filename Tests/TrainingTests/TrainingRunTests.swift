import CheckpointStore
import Checkpoints
import Datasets
import Glibc
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

@Suite("Training loops of one's own")
struct TrainingRunTests {
  /// A loop with everything that has a state, whose parts can be changed.
  private struct Loop {
    var path = "c.h5"
    var images = TrainingRunTests.images(20)
    var seed: UInt64? = 3
    var batchSize = 4
    var rate: Float = 0.01
    var units = 8
    var activation = ActivationFunction.relu
    var dropRate: Float = 0.25
    var metricNames = ["loss", "accuracy"]
    var settings: JSON.Object = ["noise": .number(0.5)]
    var policy = SavePolicy(every: .steps(1), keep: 0)
    var epochs = 3
    /// The number of steps after which the loop is left, as if the process had ended.
    var limit = Int.max
    /// Whether it is left when a batch was returned, not after the step.
    var leavesInStep = false
    var report: (TrainingEvent) -> Void = { _ in }

    struct Left: Error {}

    @discardableResult
    func callAsFunction() throws -> TrainingRun {
      let model = Sequential([
        Conv2D(2, 3, activation: activation), Flatten(), Dropout(dropRate), Dense(units),
        BatchNormalization(), Dense(10),
      ])
      model.seed = 1
      let optimizer = Adam(learningRate: rate)
      let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
      let loss = Mean(name: metricNames[0])
      let accuracy = SparseCategoricalAccuracy(name: metricNames.last ?? "")
      let test = RootMeanSquaredError(name: "test")
      var metrics: [any Metric] = [loss, test]
      if metricNames.count > 1 { metrics.append(accuracy) }
      let batches = Dataset(images: images, labels: TrainingRunTests.labels(images.shape[0]))
        .shuffle(bufferSize: 7, seed: seed).batch(batchSize).prefetch(2)
      let run = try TrainingRun(
        model, optimizer, batches, metrics: metrics, loss: crossEntropy, settings: settings,
        saveTo: path, policy: policy, report: report)
      while let epoch = try run.nextEpoch(of: epochs) {
        while let (images, labels) = try run.nextBatch() {
          if leavesInStep, run.step == limit { throw Left() }
          let (batchLoss, logits) = withGradientTape {
            let logits = model(images, training: true)
            return (crossEntropy(labels, logits), logits)
          }
          optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
          loss.update(batchLoss)
          accuracy.update(labels, logits)
          run.values["sum"] = .number((run.values["sum"]?.number ?? 0) + Double(batchLoss.scalar))
          if !leavesInStep, run.step + 1 == limit { throw Left() }
        }
        // The evaluation is a part of the epoch.
        let logits = model(images, training: false)
        test.update(
          TrainingRunTests.labels(20).reshaped([20, 1]), logits.max(axes: [-1]).reshaped([20, 1]))
        run.values["epoch"] = .string("\(epoch)")
      }
      return run
    }
  }

  fileprivate static func images(_ count: Int, brightness: Float = 1) -> Tensor {
    let scalars = (0..<count * 36).map { brightness * Float($0 * $0 % 97) / 97 }
    return Tensor(scalars, shape: [count, 6, 6, 1])
  }

  fileprivate static func labels(_ count: Int) -> Tensor {
    Tensor((0..<count).map { Float($0 * 7 % 10) }, shape: [count])
  }

  @Test("A run that is left at any moment ends with the bits of one that never was")
  func exact() throws {
    try withTemporaryDirectory { directory in
      var loop = Loop(path: "\(directory)/whole.h5")
      let whole = try loop()
      let expected = try Content(loop.path)
      #expect(expected.state.metrics.keys.sorted() == ["accuracy", "loss", "test"])
      #expect(expected.state.values["epoch"] == .string("3"))
      #expect(whole.history["loss"]?.count == 3 && whole.step == 15)
      for limit in 0..<15 {
        for every in [1, 2, 5] {
          loop.path = "\(directory)/\(limit)-\(every).h5"
          loop.policy.every = .steps(every)
          loop.leavesInStep = limit.isMultiple(of: 2)
          loop.limit = limit
          if limit > 0 || loop.leavesInStep {
            #expect(throws: Loop.Left.self) { try loop() }
          }
          loop.limit = .max
          let resumed = try loop()
          #expect(resumed.history == whole.history)
          #expect(try Content(loop.path) == expected, "left after \(limit), saved every \(every)")
        }
      }
    }
  }

  @Test("A checkpoint within an epoch has the values of the metrics by name")
  func metricStates() throws {
    try withTemporaryDirectory { directory in
      let loop = Loop(path: "\(directory)/c.h5", limit: 4)
      #expect(throws: Loop.Left.self) { try loop() }
      let state = try #require(try CheckpointFile(opening: loop.path).trainingState())
      // The newest save may be one of an earlier step.
      let steps = state.stepInEpoch
      #expect(state.globalStep == 5 * state.epoch + steps && (1...3).contains(state.globalStep))
      let accuracy = try #require(state.metrics["accuracy"])
      #expect(accuracy["count"] == [Double(4 * steps)] && accuracy["total"]?.count == 1)
      let loss = try #require(state.metrics["loss"])
      #expect(loss["count"] == [Double(steps)])
      #expect(state.metrics["test"] == ["total": [0], "count": [0]])
      #expect(state.countedIterations == state.globalStep)
      #expect(try CheckpointFile(opening: loop.path).contradictions().isEmpty)
    }
  }

  @Test("A finished run does nothing more, and more epochs extend it")
  func extended() throws {
    try withTemporaryDirectory { directory in
      var loop = Loop(path: "\(directory)/c.h5")
      try loop()
      let before = try readBytes(loop.path)
      #expect(try loop().step == 15)
      #expect(try isFile(loop.path, before))
      loop.epochs = 4
      #expect(try loop().step == 20)
      let extended = try Content(loop.path)
      loop.path = "\(directory)/d.h5"
      try loop()
      #expect(try Content(loop.path) == extended)
    }
  }

  @Test("A run with other data, model, optimizer, metrics or settings is refused by name")
  func refused() throws {
    try withTemporaryDirectory { directory in
      let loop = Loop(path: "\(directory)/c.h5", limit: 8)
      #expect(throws: Loop.Left.self) { try loop() }
      let sound = try readBytes(loop.path)
      let cases: [(name: String, inFile: String, asked: String, change: (inout Loop) -> Void)] = [
        (
          "data", "shuffle(bufferSize: 7, seed: 3), batch(4)",
          "shuffle(bufferSize: 7, seed: 4), batch(4)", { $0.seed = 4 }
        ),
        (
          "data", "shuffle(bufferSize: 7, seed: 3), batch(4)",
          "shuffle(bufferSize: 7, seed: 3), batch(5)", { $0.batchSize = 5 }
        ),
        ("optimizer_options.learning_rate", "0.01", "0.02", { $0.rate = 0.02 }),
        ("settings.noise", "0.5", "0.25", { $0.settings = ["noise": .number(0.25)] }),
        ("settings.extra", "–", "yes", { $0.settings["extra"] = .string("yes") }),
        ("conv2d.activation", "relu", "tanh", { $0.activation = .tanh }),
        ("dropout.rate", "0.25", "0.75", { $0.dropRate = 0.75 }),
      ]
      for (name, inFile, asked, change) in cases {
        var other = loop
        change(&other)
        #expect(throws: TrainingError.self, "\(name)") { try other() }
        do {
          try other()
        } catch TrainingError.otherSettings(_, let differences) {
          #expect(differences.map(\.name) == [name])
          #expect(differences.first?.inFile.replacing("\"", with: "") == inFile)
          #expect(differences.first?.asked.replacing("\"", with: "") == asked)
        }
        #expect(try isFile(loop.path, sound))
      }
      var other = loop
      other.images = Self.images(20, brightness: 0.5)
      #expect { try other() } throws: { "\($0)".contains("data_sha256") }
      other = loop
      other.metricNames = ["loss"]
      #expect { try other() } throws: { "\($0)".contains("metrics.accuracy") }
      other.metricNames = ["loss", "correct"]
      #expect { try other() } throws: { "\($0)".contains("metrics.correct") }
      other = loop
      other.units = 9
      #expect { try other() } throws: { "\($0)".contains("units") }
      #expect(try isFile(loop.path, sound))
    }
  }

  @Test("A run does not take the file of `train`, or another file, and is not resumed by `train`")
  func foreign() throws {
    try withTemporaryDirectory { directory in
      var loop = Loop(path: "\(directory)/ckpt.h5")
      let options = options(in: directory)
      try run(options, train: pictures(4), test: pictures(4))
      #expect { try loop() } throws: { "\($0)".contains("its settings differ") }
      loop.path = "\(directory)/own.h5"
      try writeBytes([1, 2, 3], to: loop.path)
      #expect(throws: TrainingError.self) { try loop() }
      #expect(try isFile(loop.path, [1, 2, 3]))
      loop.policy.overwrite = true
      let history = try loop().history
      // It starts over each time.
      #expect(try loop().history == history)
      var other = options
      other.savePath = loop.path
      #expect { try run(other, train: pictures(4), test: pictures(4)) } throws: {
        "\($0)".contains("its setting 'model' is missing")
      }
    }
  }

  @Test("The best epoch is saved by a metric of the loop")
  func best() throws {
    try withTemporaryDirectory { directory in
      var loop = Loop(path: "\(directory)/c.h5")
      loop.policy.best = .init(path: "\(directory)/best.h5", monitor: "accuracy")
      let history = try loop().history["accuracy", default: []]
      let best = try #require(history.max().flatMap(history.firstIndex))
      let saved = try CheckpointFile(opening: "\(directory)/best.h5").trainingState()
      #expect(saved?.epoch == best + 1)
      loop.policy.best = .init(path: loop.path, monitor: "loss")
      #expect { try loop() } throws: { "\($0)".contains("they are the same file") }
    }
  }

  @Test("Two runs of one checkpoint do not run at the same time")
  func locked() throws {
    try withTemporaryDirectory { directory in
      let loop = Loop(path: "\(directory)/c.h5", epochs: 1)
      let first = try loop()
      #expect { try loop() } throws: { "\($0)".contains("c.h5") }
      #expect(first.step == 5)
    }
  }

  @Test("A loss that is not finite ends the run, and the checkpoint stays as it was")
  func notFinite() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let model = Sequential([Dense(1)])
      let batches = Dataset(images: Self.images(8), labels: Self.labels(8)).batch(2)
      let loss = Mean(name: "loss")
      let run = try TrainingRun(model, SGD(), batches, metrics: [loss], saveTo: path)
      #expect { () throws -> Void in
        while try run.nextEpoch(of: 3) != nil {
          while let (images, _) = try run.nextBatch() {
            _ = model(images)
            loss.update(Tensor([run.completedEpochs == 1 ? .nan : 1]))
          }
        }
      } throws: {
        "\($0)".hasPrefix("The loss or a weight is NaN or infinite at step 8")
      }
      #expect(try CheckpointFile(opening: path).trainingState()?.epoch == 1)
    }
  }

  @Test(
    "A process that is killed in an epoch, three times, ends with the bytes of an undisturbed one",
    arguments: [1, 2, 3])
  func killed(threads: Int) throws {
    try withTemporaryDirectory { directory in
      let arguments = { (path: String, pause: Int) in
        ["loop", "\(directory)/\(path)", "4", "\(threads)", "\(pause)"]
      }
      #expect(try TestSupport.run("store-driver", arguments("whole.h5", 0)).code == 0)
      let expected = try Content("\(directory)/whole.h5")
      var seen: Set<Int> = []
      for kill in 1...3 {
        // Pauses so long that the run does not end before a busy machine sends the signal.
        let program = try RunningProgram("store-driver", arguments("c.h5", 100))
        let target = kill * 6 + threads
        while program.isRunning,
          try savedStep("\(directory)/c.h5").map({ $0 < target - 3 }) != false
        {
          usleep(2000)
        }
        usleep(UInt32.random(in: 0..<200_000))
        program.send(kill == 2 ? SIGTERM : SIGKILL)
        let result = program.wait()
        if kill == 2 {
          #expect(result.error.contains("stopped the run after step"))
        } else {
          #expect(result.signal == SIGKILL)
        }
        if let step = try savedStep("\(directory)/c.h5") { seen.insert(step) }
      }
      #expect(seen.contains { !$0.isMultiple(of: 7) && $0 < 28 }, "killed after \(seen)")
      let last = try TestSupport.run("store-driver", arguments("c.h5", 0))
      #expect(last.code == 0 && last.output.contains("finished 28"), "\(last.error)")
      #expect(try Content("\(directory)/c.h5") == expected)
    }
  }

  private func savedStep(_ path: String) throws -> Int? {
    guard access(path, F_OK) == 0 else { return nil }
    return try CheckpointFile(opening: path).trainingState()?.globalStep
  }
}
