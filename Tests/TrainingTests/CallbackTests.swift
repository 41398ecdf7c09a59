import Checkpoints
import Glibc
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

/// The callbacks of `fit` do what Keras's do with the same values: see
/// `tools/keras/golden_callbacks.py`.
@Suite("Callbacks as in Keras")
struct CallbackTests {
  private static let keras = try? JSON(parsing: readText(fixture("callbacks.json")))

  /// Replaces the logs of each epoch by given ones, and the weight by the index of the epoch.
  private final class Course: Callback {
    let values: [String: [Double]]
    var rates: [Double] = []

    init(_ values: [String: [Double]]) { self.values = values }

    override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
      logs = values.mapValues { $0[epoch] }
      model.variables[0].value = Tensor([Float(epoch)], shape: [1, 1])
      rates.append(Double(model.optimizer?.learningRate ?? 0))
    }
  }

  /// Records the calls of all hooks.
  private final class Recorder: Callback {
    var calls: [String] = []
    override func onTrainBegin(model: Model) { calls.append("train_begin") }
    override func onTrainEnd(model: Model, logs: [String: Double]) { calls.append("train_end") }
    override func onEpochBegin(_ epoch: Int, model: Model) { calls.append("epoch_begin \(epoch)") }
    override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
      calls.append("epoch_end \(epoch)")
    }
    override func onTrainBatchBegin(_ batch: Int, model: Model) {
      calls.append("train_batch_begin \(batch)")
    }
    override func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
      #expect(logs.keys.sorted() == ["accuracy", "loss"])
      calls.append("train_batch_end \(batch)")
    }
    override func onTestBegin(model: Model) { calls.append("test_begin") }
    override func onTestEnd(model: Model, logs: [String: Double]) {
      #expect(logs["loss"] != nil)
      calls.append("test_end")
    }
    override func onTestBatchBegin(_ batch: Int, model: Model) {
      calls.append("test_batch_begin \(batch)")
    }
    override func onTestBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
      calls.append("test_batch_end \(batch)")
    }
  }

  /// What is left of a training.
  private struct Result {
    let rates: [Double]
    let history: [String: [Double]]
    let weight: Float
  }

  private func fit(
    _ logs: [String: [Double]], _ callbacks: Callback..., batches: Int = 1
  ) -> Result {
    let model = Sequential([Dense(1, useBias: false)])
    model.compile(
      optimizer: SGD(learningRate: 0.01), loss: MeanSquaredError(), metrics: [.accuracy])
    let course = Course(logs)
    let x = Tensor(zeros: [batches, 1])
    let history = model.fit(
      x, x, batchSize: 1, epochs: logs.values.first?.count ?? 0, callbacks: [course] + callbacks)
    return Result(
      rates: course.rates, history: history.history, weight: model.variables[0].value.scalars[0])
  }

  private func numbers(_ json: JSON?) -> [Double] {
    (json?.array ?? []).compactMap { $0.number ?? $0.string.flatMap { Double($0) } }
  }

  private func entries(_ name: String) throws -> [JSON] {
    try #require(Self.keras?[name]?.array)
  }

  private func course(of entry: JSON) throws -> [String: [Double]] {
    let values = numbers(Self.keras?["courses"]?[try #require(entry["course"]?.string)])
    #expect(values.count > 3)
    return ["val_loss": values, "val_accuracy": values]
  }

  @Test("Training stops after the same epoch, with the same weights")
  func stopping() throws {
    for entry in try entries("stops") {
      let options = try #require(entry["options"])
      let callback = EarlyStopping(
        monitor: options["monitor"]?.string ?? "val_loss",
        minDelta: options["min_delta"]?.number ?? 0, patience: options["patience"]?.integer ?? 0,
        mode: options["mode"]?.string.flatMap(MonitorMode.init) ?? .auto,
        baseline: options["baseline"]?.number,
        restoreBestWeights: options["restore_best_weights"]?.bool ?? false,
        startFromEpoch: options["start_from_epoch"]?.integer ?? 0)
      let result = fit(try course(of: entry), callback)
      #expect(result.rates.count == entry["epochs"]?.integer, "\(entry.text)")
      #expect(Double(result.weight) == entry["weight"]?.number, "\(entry.text)")
      #expect(callback.stoppedEpoch == entry["stopped"]?.integer, "\(entry.text)")
    }
  }

  @Test("The learning rate is reduced at the same epochs, and is in the history")
  func plateaus() throws {
    for entry in try entries("plateaus") {
      let options = try #require(entry["options"])
      let callback = ReduceLROnPlateau(
        monitor: options["monitor"]?.string ?? "val_loss",
        factor: options["factor"]?.number ?? 0.1, patience: options["patience"]?.integer ?? 10,
        mode: options["mode"]?.string.flatMap(MonitorMode.init) ?? .auto,
        minDelta: options["min_delta"]?.number ?? 1e-4,
        cooldown: options["cooldown"]?.integer ?? 0, minLR: options["min_lr"]?.number ?? 0)
      let result = fit(try course(of: entry), callback)
      #expect(result.rates == numbers(entry["rates"]), "\(entry.text)")
      #expect(result.history["learning_rate"] == numbers(entry["history"]), "\(entry.text)")
    }
    let schedules = try #require(Self.keras?["schedules"])
    let halved = fit(["loss": [1, 2, 3]], LearningRateScheduler { $1 * 0.5 })
    #expect(halved.rates == numbers(schedules["rates"]))
    #expect(halved.history["learning_rate"] == numbers(schedules["history"]))
  }

  @Test("Models are saved under the same names")
  func files() throws {
    let values = numbers(Self.keras?["courses"]?["falls then rises"])
    for entry in try entries("files") {
      try withTemporaryDirectory { directory in
        let options = try #require(entry["options"])
        let callback = ModelCheckpoint(
          filepath: "\(directory)/\(options["filepath"]?.string ?? "")",
          monitor: options["monitor"]?.string ?? "val_loss",
          saveBestOnly: options["save_best_only"]?.bool ?? false,
          saveWeightsOnly: options["save_weights_only"]?.bool ?? false,
          mode: options["mode"]?.string.flatMap(MonitorMode.init) ?? .auto,
          saveFreq: options["save_freq"]?.integer.map { .batches($0) } ?? .epoch,
          initialValueThreshold: options["initial_value_threshold"]?.number)
        _ = fit(["val_loss": values, "val_accuracy": values], callback, batches: 3)
        #expect(callback.failure == nil)
        let files = (entry["files"]?.array ?? []).compactMap(\.string)
        let found = try runCommand(["find", ".", "-type", "f"], in: directory).output
          .split(separator: "\n").map { String($0.dropFirst(2)) }
        #expect(Set(found) == Set(files), "\(options.text)")
        for name in files {
          let file = try CheckpointFile(opening: "\(directory)/\(name)")
          #expect(try file.loadModel().variables.count == 1)
          #expect(try file.optimizerSteps() ?? 0 > 0)
        }
      }
    }
  }

  @Test("A file that cannot be saved ends the training, with the error")
  func failure() throws {
    try withTemporaryDirectory { directory in
      try writeBytes([1], to: "\(directory)/file")
      let callback = ModelCheckpoint(filepath: "\(directory)/file/m.keras")
      let result = fit(["val_loss": [1, 2, 3]], callback)
      #expect(result.rates.count == 1)
      #expect("\(try #require(callback.failure))".contains("\(directory)/file"))
      let logger = CSVLogger("\(directory)/file/log.csv")
      #expect(fit(["val_loss": [1, 2, 3]], logger).rates.count == 1)
      #expect(logger.failure?.contains("Not a directory") == true)
    }
  }

  @Test("Tables have the same bytes")
  func tables() throws {
    for entry in try entries("tables") {
      try withTemporaryDirectory { directory in
        let path = "\(directory)/log.csv"
        let logs = (entry["logs"]?.object ?? [:]).map { ($0.key, numbers($0.value)) }
        let appends = entry["options"]?["append"]?.bool == true
        for _ in 0..<(appends ? 2 : 1) {
          let logger = CSVLogger(
            path, separator: entry["options"]?["separator"]?.string ?? ",", append: appends)
          _ = fit(Dictionary(uniqueKeysWithValues: logs), logger)
          #expect(logger.failure == nil)
        }
        let text = try readText(path)
        #expect(text == entry["text"]?.string)
      }
    }
  }

  @Test("The hooks are called in the same order")
  func hooks() throws {
    let recorder = Recorder()
    let model = Sequential([Dense(1)])
    model.compile(optimizer: SGD(), loss: MeanSquaredError(), metrics: [.accuracy])
    let x = Tensor(zeros: [2, 1])
    model.fit(x, x, batchSize: 1, epochs: 2, validationData: (x, x), callbacks: [recorder])
    #expect(recorder.calls == (try entries("hooks")).compactMap(\.string))
    recorder.calls = []
    _ = model.evaluate(x, x, callbacks: [recorder])
    #expect(recorder.calls.first == "test_begin" && recorder.calls.count == 4)
  }

  @Test("Closures are called, and can stop the training; so does a loss that is not a number")
  func closures() {
    let model = Sequential([Dense(1)])
    model.compile(optimizer: SGD(), loss: MeanSquaredError())
    let x = Tensor([1, 2], shape: [2, 1])
    var calls: [String] = []
    let callback = LambdaCallback(
      onEpochBegin: { calls.append("begin \($0)") },
      onEpochEnd: { calls.append("end \($0) \($1["loss"] != nil)") },
      onTrainBegin: { calls.append("train") }, onTrainEnd: { calls.append("trained \($0.count)") },
      onTrainBatchBegin: { calls.append("batch \($0)") },
      onTrainBatchEnd: { batch, logs in
        calls.append("done \(batch) \(logs["loss"] != nil)")
        model.stopTraining = true
      })
    model.fit(x, x, batchSize: 1, epochs: 5, callbacks: [callback], initialEpoch: 3)
    #expect(
      calls == ["train", "begin 3", "batch 0", "done 0 true", "end 3 true", "trained 1"])
    let targets = Tensor([1, .nan], shape: [2, 1])
    let history = model.fit(
      x, targets, batchSize: 1, epochs: 5, shuffle: false, callbacks: [TerminateOnNaN()])
    #expect(history.history["loss"]?.count == 1)
  }

  @Test("A pattern of Python's format is read, or refused")
  func patterns() {
    for pattern in ["{epoch", "epoch}", "{}", "{epoch:x}", "{epoch:.2d}", "{loss:<5}", "{a:999d}"] {
      #expect(FileNamePattern(pattern) == nil, "\(pattern)")
    }
    let pattern = FileNamePattern("{{{a}}}-{a:05d}{b:+.1f}{b:8.3e}|{b:G}|{a:.1f}|{b: }")
    #expect(
      pattern?.text(["a": .integer(-7), "b": .number(0.25)])
        == "{-7}--0007+0.22.500e-01|0.25|-7.0| 0.25")
    #expect(pattern?.text(["a": .integer(1)]) == nil)
    #expect(FileNamePattern("{a:d}")?.text(["a": .number(1)]) == nil)
  }
}
