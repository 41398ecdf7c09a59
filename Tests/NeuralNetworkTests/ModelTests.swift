import NeuralNetwork
import Tensors
import Testing

@Suite("Models")
struct ModelTests {
  private final class MyModel: Model {
    let conv1 = Conv2D(32, 3, activation: .relu)
    let flatten = Flatten()
    let d1 = Dense(128, activation: .relu)
    let d2 = Dense(10)

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      d2(d1(flatten(conv1(x))))
    }
  }

  private final class Branching: Model {
    let left = Dense(4)
    let right: Dense? = Dense(4)
    let stack = [Dense(3, activation: .relu), Dense(2)]

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let sum = left(x) + (right?(x) ?? x)
      return stack.reduce(sum) { $1($0) }
    }
  }

  private final class Hiding: Model {
    let layers2 = ["d1": Dense(2)]
  }

  private final class Lazy: Model {
    lazy var d1 = Dense(2)
  }

  @Test("The quickstart has the six weights of the tutorial, named after properties")
  func weights() {
    let model = MyModel()
    model.build(inputShape: [28, 28, 1])
    let weights = model.layersInOrder.flatMap { layer in
      layer.weights.map { "\(layer.name)/\($0.name) \($0.shape)" }
    }
    #expect(
      weights == [
        "conv1/kernel [3, 3, 1, 32]", "conv1/bias [32]", "d1/kernel [21632, 128]",
        "d1/bias [128]", "d2/kernel [128, 10]", "d2/bias [10]",
      ])
    #expect(model.parameterCount == 2_770_634)
  }

  @Test("A subclass whose call is a chain is known as that chain")
  func chain() throws {
    let model = MyModel()
    model.build(inputShape: [28, 28, 1])
    let architecture = try #require(Architecture(model))
    #expect(architecture.layers.map(\.name) == ["conv1", "flatten", "d1", "d2"])
    let again = try Architecture(kerasConfig: architecture.kerasConfig())
    #expect(again.kerasConfig() == architecture.kerasConfig())
    #expect(again.inputShape == [28, 28, 1])
  }

  @Test(
    "A model that computes between its layers is no graph; layers are found in optionals and arrays"
  )
  func branching() {
    let model = Branching()
    _ = model(Tensor(zeros: [2, 5]))
    #expect(model.layersInOrder.map(\.name) == ["left", "right", "stack_0", "stack_1"])
    #expect(Architecture(model) == nil)
  }

  @Test("A layer that cannot be traced traps", .timeLimit(.minutes(30)))
  func hiding() async {
    await #expect(processExitsWith: .failure) { _ = Hiding().layers }
    await #expect(processExitsWith: .failure) { _ = Lazy().layers }
  }

  @Test("The seed decides the weights, and each layer has its own")
  func seeds() {
    func weights(_ seed: UInt64) -> [Tensor] {
      let model = Sequential([Dense(6), Dense(6), Dense(6)])
      model.seed = seed
      model.build(inputShape: [6])
      return model.variables.map(\.value)
    }
    #expect(weights(1) == weights(1))
    #expect(weights(1) != weights(2))
    #expect(weights(1)[0] != weights(1)[2])
  }

  @Test("Glorot-uniform weights fill their range evenly, and biases are zero")
  func initializers() {
    let layer = Dense(200)
    layer.seed = 4
    layer.build(inputShape: [300])
    let limit = (6 / Float(500)).squareRoot()
    let kernel = layer.kernel.value.scalars
    #expect(kernel.allSatisfy { abs($0) <= limit })
    #expect(kernel.map(abs).max() ?? 0 > 0.999 * limit)
    let variance = kernel.reduce(0) { $0 + $1 * $1 } / Float(kernel.count)
    #expect(abs(variance / (limit * limit / 3) - 1) < 0.02)
    #expect(layer.bias?.value == Tensor(zeros: [200]))
  }

  @Test("The loss of a new model is about ln 10")
  func initialLoss() {
    let model = MyModel()
    model.seed = 1
    var stream = RandomStream(seed: 1, stream: 1)
    let images = Tensor(
      (0..<64 * 784).map { _ in stream.uniform(in: 0..<1) }, shape: [64, 28, 28, 1])
    let labels = Tensor((0..<64).map { Float($0 % 10) })
    let loss = SparseCategoricalCrossentropy(fromLogits: true)(labels, model(images))
    #expect(abs(loss.scalar - 2.302585) < 0.3)
  }

  @Test("fit memorizes images, and evaluate and predict agree")
  func fit() {
    let model = Sequential([
      Conv2D(4, 3, activation: .relu), MaxPooling2D(), Flatten(), Dense(16, activation: .relu),
      Dense(4),
    ])
    model.seed = 2
    var stream = RandomStream(seed: 2, stream: 2)
    let images = Tensor(
      (0..<64 * 64).map { _ in stream.uniform(in: 0..<1) }, shape: [64, 8, 8, 1])
    let labels = Tensor((0..<64).map { Float($0 % 4) })
    model.compile(
      optimizer: Adam(learningRate: 0.01), loss: SparseCategoricalCrossentropy(fromLogits: true),
      metrics: [SparseCategoricalAccuracy()])
    let history = model.fit(images, labels, batchSize: 16, epochs: 120, seed: 3).history
    #expect(history["loss"]?.count == 120)
    #expect(history["sparse_categorical_accuracy"]?.last == 1)
    let measured = model.evaluate([(images, labels)])
    #expect(measured["sparse_categorical_accuracy"] == 1)
    let predicted = model.predict(images, batchSize: 10)
    #expect(predicted.shape == [64, 4])
    #expect(predicted.argmax().map(Float.init) == labels.scalars)
  }

  @Test("fit takes any sequence of batches and measures validation data after each epoch")
  func fitBatches() {
    let batches = [
      (Tensor([1, 2], shape: [2, 1]), Tensor([0, 1])), (Tensor([3], shape: [1, 1]), Tensor([1])),
    ]
    let model = Sequential([Dense(2)])
    model.compile(optimizer: SGD(), loss: SparseCategoricalCrossentropy(fromLogits: true))
    var epochs: [Int] = []
    let history = model.fit(batches, epochs: 3, validationData: batches) { epoch, logs in
      epochs.append(epoch)
      #expect(Set(logs.keys) == ["loss", "val_loss"])
    }
    #expect(epochs == [0, 1, 2])
    #expect(history.history["val_loss"]?.count == 3)
    #expect(model.optimizer?.iterations == 6)
  }

  @Test("evaluate weighs batches by their size")
  func weighted() {
    let model = Sequential([Dense(2, useBias: false, kernelInitializer: .zeros)])
    model.build(inputShape: [1])
    model.variables[0].value = Tensor([0, 1], shape: [1, 2])
    model.compile(optimizer: SGD(), loss: SparseCategoricalCrossentropy(fromLogits: true))
    let whole = [(Tensor([0, 2, 4], shape: [3, 1]), Tensor([0, 0, 0]))]
    let parts = [
      (Tensor([0, 2], shape: [2, 1]), Tensor([0, 0])), (Tensor([4], shape: [1, 1]), Tensor([0])),
    ]
    let (expected, actual) = (model.evaluate(whole)["loss"], model.evaluate(parts)["loss"])
    // (ln 2 + ln(1 + e²) + ln(1 + e⁴)) / 3
    #expect(abs((expected ?? 0) - 2.279409) < 1e-6)
    #expect(abs((actual ?? 0) - 2.279409) < 1e-6)
  }

  @Test("The cross entropy of a softmax is that of its logits, where it has rounded to 0 too")
  func softmaxLogits() {
    let logits = Tensor([100, 0], shape: [1, 2])
    // From clipped probabilities it would be -ln 1e-7 = 16.1.
    #expect(SparseCategoricalCrossentropy()(Tensor([1]), logits.softmax()).scalar == 100)
    let target = Tensor([0, 1], shape: [1, 2])
    #expect(CategoricalCrossentropy()(target, logits.softmax()).scalar == 100)
    #expect(
      abs(CategoricalCrossentropy()(target, Tensor([1, 0], shape: [1, 2])).scalar - 16.1181) < 1e-3)
  }

  @Test("Dropout acts in training only, and resumes from its counter")
  func dropout() throws {
    let layer = Dropout(0.5)
    layer.seed = 8
    let x = Tensor(repeating: 1, shape: [4, 100])
    #expect(layer(x) == x)
    let generator = try #require(layer.seedGenerators.first)
    let (first, second) = (layer(x, training: true), layer(x, training: true))
    #expect(first != second)
    generator.counter = 1
    #expect(layer(x, training: true) == second)
  }
}
