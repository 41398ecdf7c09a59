import Cairn

final class MyModel: Model {
  let conv1 = Conv2D(32, 3, activation: .relu)
  let flatten = Flatten()
  let d1 = Dense(128, activation: .relu)
  let d2 = Dense(10)

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    d2(d1(flatten(conv1(x))))  // [batch, 28, 28, 1] → [batch, 10] logits
  }
}

func fit(on images: ImageSet) throws -> History {
  let model = MyModel()
  model.compile(
    optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true),
    metrics: [.accuracy])
  return model.fit(Dataset(images).shuffle(bufferSize: 1024).batch(64), epochs: 3)
}

func train(on images: ImageSet, epochs: Int) {
  let batches = Dataset(images).shuffle(bufferSize: 10_000, seed: 42).batch(32).prefetch(2)
  let model = MyModel()
  let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  let optimizer = Adam()
  let loss = Mean(name: "loss")
  let accuracy = SparseCategoricalAccuracy()

  for epoch in 1...epochs {
    loss.reset()
    accuracy.reset()
    for (images, labels) in batches {
      let (batchLoss, logits) = withGradientTape {
        let logits = model(images, training: true)
        return (crossEntropy(labels, logits), logits)
      }
      optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
      loss.update(batchLoss)
      accuracy.update(labels, logits)
    }
    print("Epoch \(epoch), Loss: \(loss.result), Accuracy: \(accuracy.result)")
  }
}

func train(on images: ImageSet, epochs: Int, saveTo path: String) throws {
  let batches = Dataset(images).shuffle(bufferSize: 10_000, seed: 42).batch(32).prefetch(2)
  let model = MyModel()
  let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  let optimizer = Adam()
  let loss = Mean(name: "loss")
  let accuracy = SparseCategoricalAccuracy()
  let run = try TrainingRun(model, optimizer, batches, metrics: [loss, accuracy], saveTo: path)

  while let epoch = try run.nextEpoch(of: epochs) {
    while let (images, labels) = try run.nextBatch() {
      let (batchLoss, logits) = withGradientTape {
        let logits = model(images, training: true)
        return (crossEntropy(labels, logits), logits)
      }
      optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
      loss.update(batchLoss)
      accuracy.update(labels, logits)
    }
    print("Epoch \(epoch), Loss: \(loss.result), Accuracy: \(accuracy.result)")
  }
}

func fit(_ model: Model, _ batches: Dataset, validation: Dataset) -> History {
  model.fit(
    batches, epochs: 100, validationData: validation,
    callbacks: [
      EarlyStopping(patience: 3, restoreBestWeights: true),
      ReduceLROnPlateau(factor: 0.5, patience: 2),
      ModelCheckpoint(filepath: "models/{epoch:02d}-{val_loss:.4f}.keras", saveBestOnly: true),
      CSVLogger("log.csv"),
    ])
}

func scheduledOptimizers() -> [Optimizer] {
  let optimizer = Adam(learningRate: 1e-4, weightDecay: 0.004, clipnorm: 1, useEMA: true)
  let schedule = CosineDecay(initialLearningRate: 0.1, decaySteps: 10_000)
  let other = SGD(learningRate: schedule, momentum: 0.9, gradientAccumulationSteps: 4)
  return [optimizer, other]
}

func variables(of path: String) throws -> [String] {
  let file = try CheckpointFile(opening: path)
  let layers = try file.storedWeights()?.layers ?? []
  return layers.flatMap(\.variables).map { "\($0.path) \($0.shape) \($0.elementType)" }
}
