import Cairn
import Foundation

func quickstart(samples: String, output: String) throws {
  let (train, test) = try MNIST.load(from: "\(samples)/mnist")
  print("\(train.count) pictures to train, \(test.count) to test")

  let first = train.subset(at: [0, 1, 2]).images
  print(first.shape, "has", first.count, "numbers")
  print("picture 0, row 12, column 14, channel 0:", first[0, 12, 14, 0])

  let gray = Tensor(zeros: [28, 28])
  print(gray.shape, gray.newAxis().shape, gray.newAxis(at: 0).shape)

  let trainBatches = Dataset(train)
    .shuffle(bufferSize: 10_000, seed: 1).batch(32).prefetch(2)
  let testBatches = Dataset(test).batch(32)

  func order(bufferSize: Int) -> [Int] {
    let numbers = Tensor((0..<10_000).map(Float.init))
    return Dataset(images: numbers, labels: numbers)
      .shuffle(bufferSize: bufferSize, seed: 1)
      .map { number, _ in Int(number.scalar) }
  }

  var dots: [CurveChart.Curve] = []
  for size in [10, 1000, 10_000] {
    let order = order(bufferSize: size)
    print("bufferSize \(size): \(order.prefix(8)) …")
    dots.append(
      CurveChart.Curve(
        "bufferSize \(size)",
        // Each 40th number is drawn as a dot: .nan leaves the others out.
        order.enumerated().map { $0 % 40 == 0 ? Double($1) : .nan }))
  }
  let orders = CurveChart(
    title: "Which number comes at which position", curves: dots, axis: "position in the stream")
  try orders.drawing.svg()
    .write(toFile: "\(output)/quickstart-shuffle.svg", atomically: true, encoding: .utf8)

  final class MyModel: Model {
    let conv1 = Conv2D(32, 3, activation: .relu)
    let flatten = Flatten()
    let d1 = Dense(128, activation: .relu)
    let d2 = Dense(10)

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      var x = x  // [batch, 28, 28, 1]
      x = conv1(x)  // [batch, 26, 26, 32]
      x = flatten(x)  // [batch, 21632]
      x = d1(x)  // [batch, 128]
      return d2(x)  // [batch, 10]
    }
  }

  let model = MyModel()
  model.seed = 1

  model.build(inputShape: [28, 28, 1])
  print(model.summary(), terminator: "")

  final class Perceptron: Model {
    let flatten = Flatten()
    let hidden: Dense
    let output = Dense(10)

    init(units: Int) {
      hidden = Dense(units, activation: .relu)
      super.init()
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor { output(hidden(flatten(x))) }
  }

  print(Perceptron(units: 64).layers.map(\.name))

  for channels in [1, 3] {
    let layer = Conv2D(32, 3)
    layer.build(inputShape: [28, 28, channels])
    print(layer.weights.map(\.shape), "are", layer.parameterCount, "parameters")
  }

  let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  let optimizer = Adam()

  let scores: Tensor = [[2, 1, 0]]
  func decimals(_ numbers: [Float]) -> String {
    numbers.map { String(format: "%.4f", $0) }.joined(separator: " ")
  }
  print("probabilities:", decimals(scores.softmax().scalars))
  print("logits + 100: ", decimals((scores + 100).softmax().scalars))

  let q: Tensor = [[0.1, 0.7, 0.2]]
  for p: Tensor in [[[0, 1, 0]], [[1, 0, 0]], [[0.25, 0.5, 0.25]]] {
    print(decimals(CategoricalCrossentropy()(p, q).scalars))
  }

  let answers: Tensor = [[2, 1, 0], [0, 3, 1]]
  let classes: Tensor = [0, 2]
  print("one-hot:    ", decimals(classes.oneHot(depth: 3).scalars))
  print("sparse:     ", crossEntropy(classes, answers).scalar)
  print(
    "categorical:",
    CategoricalCrossentropy(fromLogits: true)(classes.oneHot(depth: 3), answers).scalar)

  for logit: Float in [10, 20, 100] {
    let logits = Variable(Tensor([logit, 0], shape: [1, 2]), name: "logits")
    let exact = withGradientTape { crossEntropy([1], logits.value) }
    let rounded = withGradientTape {
      // Adding 0 hides that the probabilities come from a softmax.
      SparseCategoricalCrossentropy()([1], logits.value.softmax() + 0)
    }
    print("logit", Int(logit))
    for (name, loss) in [("  from logits:       ", exact), ("  from probabilities:", rounded)] {
      let gradient = loss.gradients()[logits]?.scalars ?? []
      print(name, decimals(loss.scalars), "gradient:", decimals(gradient))
    }
  }

  func losses(
    of optimizer: Optimizer, count: Int, batchSize: Int, epochs: Int
  ) -> (steps: [Double], end: Double) {
    let some = train.subset(at: Array(0..<count))
    let model = MyModel()
    model.seed = 1
    model.compile(optimizer: optimizer, loss: crossEntropy)
    let batches = Dataset(some).shuffle(bufferSize: count, seed: 1).batch(batchSize)
    var steps: [Double] = []
    for (images, labels) in batches.repeat(epochs) {
      let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
      optimizer.apply(loss.gradients(), to: model.trainableVariables)
      steps.append(Double(loss.scalar))
    }
    return (steps, model.evaluate(Dataset(some).batch(50))["loss"] ?? 0)
  }

  for (name, size) in [("batch", 1000), ("mini-batch", 32), ("stochastic", 1)] {
    let (steps, end) = losses(
      of: SGD(learningRate: 0.01), count: 1000, batchSize: size, epochs: 1)
    print("\(name): \(steps.count) steps, loss", String(format: "%.4f", end))
  }

  let optimizers: [(String, Optimizer)] = [
    ("SGD", SGD(learningRate: 0.01)),
    ("momentum 0.9", SGD(learningRate: 0.01, momentum: 0.9)),
    ("RMSprop", RMSprop(learningRate: 0.001)),
    ("Adam", Adam(learningRate: 0.001)),
  ]
  var curves: [CurveChart.Curve] = []
  for (name, optimizer) in optimizers {
    let (steps, end) = losses(of: optimizer, count: 2000, batchSize: 32, epochs: 3)
    print("\(name): loss", String(format: "%.4f", end))
    // The loss of one batch jumps: the mean of the last 20 steps is drawn.
    let smooth = steps.indices.map { step in
      let last = steps[max(0, step - 19)...step]
      return last.reduce(0, +) / Double(last.count)
    }
    curves.append(CurveChart.Curve(name, smooth))
  }
  let comparison = CurveChart(
    title: "Loss, mean of the last 20 steps", curves: curves, axis: "step")
  try comparison.drawing.svg()
    .write(toFile: "\(output)/quickstart-optimizers.svg", atomically: true, encoding: .utf8)

  let (_, end) = losses(of: SGD(learningRate: 0.1), count: 2000, batchSize: 32, epochs: 3)
  print("SGD, learning rate 0.1: loss", String(format: "%.4f", end))

  let trainLoss = Mean(name: "train_loss")
  let trainAccuracy = SparseCategoricalAccuracy(name: "train_accuracy")
  let testLoss = Mean(name: "test_loss")
  let testAccuracy = SparseCategoricalAccuracy(name: "test_accuracy")

  func trainStep(_ images: Tensor, _ labels: Tensor) {
    let (loss, logits) = withGradientTape {
      let logits = model(images, training: true)
      return (crossEntropy(labels, logits), logits)
    }
    optimizer.apply(loss.gradients(), to: model.trainableVariables)

    trainLoss.update(loss)
    trainAccuracy.update(labels, logits)
  }

  func testStep(_ images: Tensor, _ labels: Tensor) {
    let logits = model(images, training: false)
    testLoss.update(crossEntropy(labels, logits))
    testAccuracy.update(labels, logits)
  }

  let metrics: [any Metric] = [trainLoss, trainAccuracy, testLoss, testAccuracy]
  for epoch in 1...5 {
    for metric in metrics { metric.reset() }
    for (images, labels) in trainBatches { trainStep(images, labels) }
    for (images, labels) in testBatches { testStep(images, labels) }

    print(
      String(
        format: "Epoch %d, Loss: %.4f, Accuracy: %.2f, Test Loss: %.4f, Test Accuracy: %.2f",
        epoch, trainLoss.result, 100 * trainAccuracy.result, testLoss.result,
        100 * testAccuracy.result))
  }

  let share = testAccuracy.result
  let margin = 1.96 * (share * (1 - share) / 10_000).squareRoot()
  print(String(format: "%.2f %% ± %.2f %%, with 95 %% confidence", 100 * share, 100 * margin))

  try Checkpoint(model: model, optimizer: optimizer, loss: crossEntropy)
    .save(to: "\(output)/quickstart.h5")

  let again = MyModel()
  let continued = Adam()
  try CheckpointFile(opening: "\(output)/quickstart.h5").load(again, continued)
  let isSame = again.predict(first) == model.predict(first)
  print("step \(continued.iterations), the same answers: \(isSame)")

  let classifier = try Classifier(loading: "\(output)/quickstart.h5")
  let prediction = try classifier("\(samples)/7.png")
  print(prediction.label, prediction.confidence)

  try Checkpoint(model: model, optimizer: optimizer, loss: crossEntropy)
    .save(to: "\(output)/quickstart.keras")
}
