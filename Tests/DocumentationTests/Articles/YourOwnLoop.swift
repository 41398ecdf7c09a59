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

/// The maximum of several linear functions for each unit.
///
/// Goodfellow et al., *Maxout Networks*, ICML 2013.
final class Maxout: Layer {
  let units: Int
  let pieces: Int

  init(_ units: Int, pieces: Int = 2, name: String? = nil) {
    (self.units, self.pieces) = (units, pieces)
    super.init(name: name)
  }

  override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    guard inputShape.count == 1 else {
      throw ShapeError(self, "needs one axis, but its input has the shape \(inputShape)")
    }
    return [
      WeightSpecification(
        "kernel", shape: [inputShape[0], units * pieces], initializer: .glorotUniform),
      WeightSpecification("bias", shape: [units * pieces], initializer: .zeros),
    ]
  }

  override func outputShape(inputShape: Shape) -> Shape { [units] }

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    let all = x.matrixProduct(weights[0].value, bias: weights[1].value)
    let parts = (0..<pieces).map { all.slice($0 * units..<($0 + 1) * units, axis: 1) }
    return parts.dropFirst().reduce(parts[0]) { Tensor.maximum($0, $1) }  // [batch, units]
  }

  override var config: JSON.Object {
    ["units": .number(Double(units)), "pieces": .number(Double(pieces))]
  }

  override var isThreadSafe: Bool { true }
}

func registerMaxout() {
  CustomObjects.registerLayer("Maxout") { config in
    guard let units = config["units"]?.number, let pieces = config["pieces"]?.number else {
      throw KerasError.malformed("Maxout needs `units` and `pieces`")
    }
    return Maxout(Int(units), pieces: Int(pieces))
  }
}

func gradientOfMaxout() {
  let layer = Maxout(1)
  layer.build(inputShape: [1])
  layer.weights[0].value = [[2, -1]]
  let x: Tensor = [[3]]
  let loss = withGradientTape { layer(x).sum() }  // max(2 · 3, −1 · 3)
  let gradients = loss.gradients()
  print(loss.scalar, gradients[layer.weights[0]]?.scalars ?? [])
}

func binarized(_ x: Tensor) -> Tensor {
  withCustomGradient(of: [x]) { inputs in
    (inputs[0].sign(), { gradient in [gradient] })  // the gradient passes unchanged
  }
}

/// Cross-entropy in which examples that are already right count less.
///
/// Lin et al., *Focal Loss for Dense Object Detection*, ICCV 2017.
struct FocalCrossentropy: Loss {
  var gamma: Float = 2

  func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let logProbabilities = yPred.logSoftmax()  // [batch, classes]
    let targets = yTrue.oneHot(depth: yPred.shape[1])
    let weights = (1 - logProbabilities.exp()).pow(gamma)
    return -(targets * weights * logProbabilities).sum(axes: [-1])  // [batch]
  }

  var config: JSON.Object { ["gamma": .number(Double(gamma))] }
}

/// The share of the examples of one class that are recognized.
final class ClassRecall: Metric {
  let name = "recall"
  let target: Int
  private var found = 0.0
  private var total = 0.0

  init(of target: Int) { self.target = target }

  var result: Double { total == 0 ? 0 : found / total }
  var prefersHigher: Bool? { true }

  func update(_ yTrue: Tensor, _ yPred: Tensor) {
    for (label, answer) in zip(yTrue.scalars, yPred.argmax()) where Int(label) == target {
      total += 1
      if answer == target { found += 1 }
    }
  }

  func reset() { (found, total) = (0, 0) }

  var variables: [String: [Double]]? { ["found": [found], "total": [total]] }

  func restore(_ variables: [String: [Double]]) -> Bool {
    guard let found = variables["found"]?.first, let total = variables["total"]?.first else {
      return false
    }
    (self.found, self.total) = (found, total)
    return true
  }
}

final class StopWhenGood: Callback {
  override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    logs["learning_rate"] = Double(model.optimizer?.learningRate ?? 0)
    if logs["accuracy", default: 0] > 0.95 { model.stopTraining = true }
  }
}

func fitWithOwnParts(on images: ImageSet, saveTo path: String) throws -> History {
  let model = Sequential([Flatten(), Maxout(16, pieces: 3), Dense(10)])
  model.compile(
    optimizer: Adam(), loss: FocalCrossentropy(), metrics: [.accuracy, ClassRecall(of: 3)])
  let batches = Dataset(images).shuffle(bufferSize: images.count, seed: 1).batch(32)
  let history = model.fit(batches, epochs: 40, callbacks: [StopWhenGood()])
  try Checkpoint(model: model).save(to: path)
  return history
}

func loadWithOwnParts(_ path: String) throws -> GraphModel {
  registerMaxout()
  return try CheckpointFile(opening: path).loadModel()
}

func resumeOrStart(
  _ model: Model, on images: ImageSet, saveTo path: String, signals: StopSignals? = nil
) throws -> TrainingRun {
  let batches = Dataset(images).shuffle(bufferSize: images.count, seed: 42).batch(32)
  return try TrainingRun(
    model, Adam(), batches, metrics: [Mean(name: "loss")],
    settings: ["noise": .number(0.1)], saveTo: path,
    policy: SavePolicy(every: .steps(500), best: .init(path: path + ".best", monitor: "loss")),
    signals: signals)
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
