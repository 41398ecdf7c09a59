import Cairn
import TestSupport
import Testing

/// The examples in the comments of runs and checkpoints.
@Suite("Examples of runs and checkpoints")
struct RunsExamples {
  /// Pictures of two classes: light above or below.
  private func makeImages() throws -> ImageSet {
    var pixels: [UInt8] = []
    for index in 0..<32 {
      for row in 0..<28 {
        for _ in 0..<28 { pixels.append((row < 14) == index.isMultiple(of: 2) ? 200 : 0) }
      }
    }
    return try ImageSet(
      pixels: pixels, classes: (0..<32).map { UInt16($0 % 2) }, height: 28, width: 28)
  }

  private func makeModel() -> Model {
    let model = Sequential([Flatten(), Dense(2)])
    model.seed = 1
    return model
  }

  @Test func trainingRun() throws {
    try withTemporaryDirectory { folder in
      let (path, model, optimizer) = ("\(folder)/ckpt.h5", makeModel(), Adam())
      let batches = Dataset(try makeImages()).shuffle(bufferSize: 32, seed: 1).batch(8)
      let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
      let loss = Mean(name: "loss")

      let run = try TrainingRun(model, optimizer, batches, metrics: [loss], saveTo: path)
      while let epoch = try run.nextEpoch(of: 5) {
        while let (images, labels) = try run.nextBatch() {
          let batchLoss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
          optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
          loss.update(batchLoss)
        }
        print("Epoch \(epoch), Loss: \(loss.result)")
      }
      #expect(run.completedEpochs == 5 && run.step == 20)
      #expect(run.history["loss"]?.count == 5)
    }
  }

  @Test func savePolicy() throws {
    try withTemporaryDirectory { folder in
      let (path, model, optimizer) = ("\(folder)/ckpt.h5", makeModel(), Adam())
      let batches = Dataset(try makeImages()).batch(8)
      let accuracy = SparseCategoricalAccuracy(name: "accuracy")

      let policy = SavePolicy(
        every: .seconds(300), keep: 2,
        best: .init(path: "\(folder)/best.h5", monitor: "accuracy"))
      let run = try TrainingRun(
        model, optimizer, batches, metrics: [accuracy], saveTo: path, policy: policy)
      #expect(run.step == 0)
    }
  }

  @Test func severalProcesses() throws {
    let (model, optimizer) = (makeModel(), Adam())
    let batches = Dataset(try makeImages()).batch(8)
    model.build(inputShape: [28, 28, 1])
    let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
    for (images, labels) in batches {
      let ranks = try Communicator.start()
      let loss = withGradientTape {
        crossEntropy(labels, model(images, training: true)) / Float(ranks.size)
      }
      let gradients = try ranks.sum(loss.gradients(), of: model.trainableVariables)
      optimizer.apply(gradients, to: model.trainableVariables)
      #expect(ranks.size == 1 && loss.scalar.isFinite)
      ranks.end()
    }
    #expect(optimizer.iterations > 0)
  }

  @Test func stopSignals() throws {
    try withTemporaryDirectory { folder in
      let (path, model, optimizer) = ("\(folder)/ckpt.h5", makeModel(), Adam())
      let batches = Dataset(try makeImages()).batch(8)
      model.build(inputShape: [28, 28, 1])

      let run = try TrainingRun(
        model, optimizer, batches, saveTo: path, signals: StopSignals(),
        report: { event in print(event) })
      do {
        while try run.nextEpoch(of: 5) != nil {
          while try run.nextBatch() != nil {}  // with a step of training
        }
      } catch TrainingError.stopped(let signal, let step, let path) {
        print("signal \(signal) at step \(step): saved in \(path)")
      }
      #expect(run.completedEpochs == 0 || run.completedEpochs == 5)
    }
  }

  @Test func trainer() throws {
    try withTemporaryDirectory { folder in
      let (path, images) = ("\(folder)/ckpt.h5", try makeImages())

      var options = RunOptions(savePath: path)
      options.epochs = 2
      options.model = .named(.mlp)
      let trainer = try Trainer(options: options, data: LabeledImages(train: images))
      _ = try trainer.run()  // trains, or resumes the run of the checkpoint
      print(trainer.completedEpochs)
      #expect(trainer.completedEpochs == 2)
    }
  }

  @Test func checkpoint() throws {
    try withTemporaryDirectory { folder in
      let model = makeModel()
      model.build(inputShape: [28, 28, 1])

      try Checkpoint(model: model).save(to: "\(folder)/model.h5")
      try Checkpoint(model: model).save(to: "\(folder)/model.keras")  // for Keras
      let loaded = try CheckpointFile(opening: "\(folder)/model.keras").loadModel()
      #expect(loaded.predict(try makeImages().images) == model.predict(try makeImages().images))
    }
  }

  @Test func checkpointFile() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let file = try CheckpointFile(opening: path)
    let model = try file.loadModel()  // the code of its class is not needed
    let logits = model.predict(Tensor(zeros: [1, 28, 28, 1]))  // [1, 10]
    #expect(logits.shape == [1, 10])
  }

  @Test func checkpointStore() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      let model = makeModel()
      model.build(inputShape: [28, 28, 1])

      let store = CheckpointStore(path: path)
      try store.save(Checkpoint(model: model))  // atomically: the old file or the new one
      let bytes = try store.load()  // after its seal was verified
      #expect(bytes.prefix(4) == [0x89, 0x48, 0x44, 0x46])
    }
  }

  @Test func checkpointLock() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      let model = makeModel()
      model.build(inputShape: [28, 28, 1])

      let lock = try CheckpointLock(for: path)  // throws if another process trains here
      try lock.confirm()
      try Checkpoint(model: model).save(to: path)
      #expect(try CheckpointFile(opening: path).loadModel().parameterCount == 1570)
    }
  }

  @Test func conversion() throws {
    try withTemporaryDirectory { folder in
      let (input, output) = ("\(packageDirectory)/models/quickstart.h5", "\(folder)/model.onnx")

      let conversion = try Conversion(of: input, to: output, as: .onnx)
      print(conversion.parameters, "parameters,", conversion.size, "bytes")
      for note in conversion.notes { print(note) }  // what the new file does not hold
      #expect(conversion.parameters == 2_770_634 || conversion.parameters > 100_000)
    }
  }
}
