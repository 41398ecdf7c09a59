import Cairn
import TestSupport
import Testing

/// The examples in the comments of callbacks.
@Suite("Examples of callbacks")
struct CallbacksExamples {
  /// Two classes that a line separates.
  private let x = Tensor((0..<64).map { Float($0) / 32 - 1 }, shape: [64, 1])
  private let y = Tensor((0..<64).map { $0 < 32 ? 0 : 1 })

  private func makeModel() -> Model {
    let model = Sequential([Dense(1, activation: .sigmoid)])
    model.seed = 1
    model.compile(
      optimizer: Adam(learningRate: 0.1), loss: BinaryCrossentropy(),
      metrics: [BinaryAccuracy(name: "accuracy")])
    return model
  }

  final class StopWhenGood: Callback {
    override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
      if logs["val_accuracy", default: 0] > 0.98 { model.stopTraining = true }
    }
  }

  @Test func callback() {
    let history = makeModel().fit(
      x, y, epochs: 500, validationData: (x, y), callbacks: [StopWhenGood()])
    #expect((history.history["val_accuracy"]?.last ?? 0) > 0.98)
    #expect((history.history["loss"]?.count ?? 500) < 500)
  }

  @Test func reduceLROnPlateau() {
    let model = makeModel()

    let reducing = ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 2, minDelta: 10)
    model.fit(x, y, epochs: 6, callbacks: [reducing])
    #expect(model.optimizer?.learningRate ?? 0 < 0.06)
  }

  @Test func learningRateScheduler() {
    let model = makeModel()

    let halving = LearningRateScheduler { epoch, rate in epoch == 0 ? rate : rate / 2 }
    model.fit(x, y, epochs: 3, callbacks: [halving])
    #expect(abs((model.optimizer?.learningRate ?? 0) - 0.025) < 1e-6)
  }

  @Test func terminateOnNaN() {
    let model = makeModel()
    let broken = Tensor(repeating: .nan, shape: [64, 1])

    let history = model.fit(broken, y, epochs: 10, callbacks: [TerminateOnNaN()])
    let epochs = history.history["loss"]?.count  // 1
    #expect(epochs == 1)
  }

  @Test func csvLogger() throws {
    try withTemporaryDirectory { folder in
      let (model, path) = (makeModel(), "\(folder)/log.csv")

      model.fit(x, y, epochs: 3, callbacks: [CSVLogger(path)])
      let lines = try readText(path).split { $0.isNewline }  // a head, then a line per epoch
      #expect(lines.count == 4)
    }
  }

  @Test func modelCheckpoint() throws {
    try withTemporaryDirectory { folder in
      let (model, validation) = (makeModel(), (x, y))

      let saving = ModelCheckpoint(filepath: "\(folder)/best.keras", saveBestOnly: true)
      model.fit(x, y, epochs: 3, validationData: validation, callbacks: [saving])
      let best = try CheckpointFile(opening: "\(folder)/best.keras").loadModel()
      #expect(best.predict(x) == model.predict(x))
      #expect(saving.failure == nil)
    }
  }
}
