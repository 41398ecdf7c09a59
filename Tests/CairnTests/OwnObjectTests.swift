import Cairn
import TestSupport
import Testing

/// Classes of a user's own, written with nothing but `import Cairn`.
@Suite("Custom classes")
struct OwnObjectTests {
  /// Multiplies each column by a number that is learned, and all by a number that is an option.
  final class ColumnScale: Layer {
    let factor: Float

    init(_ factor: Float, name: String? = nil) {
      self.factor = factor
      super.init(name: name)
    }

    override var config: JSON.Object { ["factor": .number(Double(factor))] }

    override func weightSpecifications(inputShape: Shape) -> [WeightSpecification] {
      [WeightSpecification("scale", shape: [inputShape[inputShape.count - 1]], initializer: .ones)]
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor { x * weights[0].value * factor }

    static func register() {
      CustomObjects.registerLayer("ColumnScale") { config in
        guard let factor = config["factor"]?.number else {
          throw KerasError.malformed("ColumnScale has no factor")
        }
        return ColumnScale(Float(factor))
      }
    }
  }

  /// A layer that no program registers.
  final class Unknown: Layer {
    override func call(_ x: Tensor, training: Bool) -> Tensor { x }
  }

  final class Own: Model {
    let d1 = Dense(3, activation: .relu)
    let unknown = Unknown()
    let scale = ColumnScale(2)
    let d2 = Dense(2)

    override func call(_ x: Tensor, training: Bool) -> Tensor { d2(scale(unknown(d1(x)))) }
  }

  /// Gradient descent with the sign of a running mean.
  final class Lion: Optimizer {
    init(learningRate: any LearningRate = 0.01) { super.init(learningRate: learningRate) }

    override var slotGroups: [[String]] { [["momentum"]] }

    override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
      let mean = slots[0].value
      variable.value = variable.value - (mean * 0.9 + gradient * 0.1).sign() * learningRate
      slots[0].value = mean * 0.99 + gradient * 0.01
    }
  }

  struct QuarticError: Loss {
    func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
      (yTrue - yPred).pow(4).mean(axes: [-1])
    }
  }

  final class Largest: Metric {
    let name = "largest"
    private(set) var result = 0.0
    func update(_ yTrue: Tensor, _ yPred: Tensor) {
      result = max(result, Double(yPred.max().scalar))
    }
    func reset() { result = 0 }
  }

  private let x = Tensor((0..<24).map { Float($0 % 7) / 7 - 0.3 }, shape: [6, 4])
  private let y = Tensor((0..<12).map { Float($0 % 5) / 5 }, shape: [6, 2])

  @Test(
    "A file with a registered layer is loaded as a whole, and converted",
    arguments: [ModelFileFormat.weights, .keras, .tfKeras, .safetensors])
  func registered(format: ModelFileFormat) throws {
    ColumnScale.register()
    let model = Sequential([Dense(3), ColumnScale(2, name: "own"), Dense(2)])
    let before = model.predict(x)
    model.variables[2].value = [1, 2, 3]
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.h5"
      try Checkpoint(model: model, optimizer: Adam(), loss: MeanSquaredError()).save(to: path)
      let converted = "\(directory)/converted"
      _ = try Conversion(of: path, to: converted, as: format)
      for file in [path, converted] {
        let loaded = try CheckpointFile(opening: file).loadModel()
        #expect(loaded.predict(x) == model.predict(x) && loaded.predict(x) != before)
        #expect((loaded.layers[1] as? ColumnScale)?.factor == 2)
        #expect(loaded.layers[1].name == "own")
      }
    }
  }

  @Test(
    "An unregistered layer is refused by class, a wrong option with its factory's error")
  func refused() throws {
    ColumnScale.register()
    let entry = { (config: String) in
      """
      {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 3]}}, \(config)]}}
      """
    }
    #expect(throws: KerasError.malformed("ColumnScale has no factor")) {
      try Architecture(
        kerasConfig: JSON(
          parsing: entry(#"{"class_name": "ColumnScale", "config": {"name": "a"}}"#)))
    }
    #expect(throws: KerasError.unsupportedLayer(className: "Nowhere", name: "a")) {
      try Architecture(
        kerasConfig: JSON(parsing: entry(#"{"class_name": "Nowhere", "config": {"name": "a"}}"#)))
    }
    let registered = try Architecture(
      kerasConfig: JSON(
        parsing: entry(
          """
          {"class_name": "ColumnScale", "module": null, "registered_name": "My>ColumnScale",
           "config": {"name": "a", "factor": 3}}
          """)))
    #expect((registered.layers[0] as? ColumnScale)?.factor == 3)
  }

  @Test("Weights are loaded into a model with unregistered layers, built or not")
  func unregistered() throws {
    let model = Own()
    let expected = model.predict(x)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/own.h5"
      try Checkpoint(model: model, optimizer: Adam(), loss: MeanSquaredError()).save(to: path)
      let fresh = Own()
      try CheckpointFile(opening: path).loadWeights(into: fresh)
      #expect(fresh.predict(x) == expected)
    }
  }

  @Test("A custom optimizer is saved, and resumes bit-identically")
  func optimizer() throws {
    let (whole, first) = (Own(), Own())
    whole.seed = 1
    first.seed = 1
    let (straight, saved) = (Lion(), Lion())
    train(whole, straight, steps: 6)
    train(first, saved, steps: 4)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/own.h5"
      try Checkpoint(model: first, optimizer: saved, loss: QuarticError()).save(to: path)
      let (second, restored) = (Own(), Lion(learningRate: 1))
      try CheckpointFile(opening: path).load(second, restored)
      #expect(restored.iterations == 4 && restored.learningRate == 0.01)
      #expect(restored.slots.map { $0.map(\.value) } == saved.slots.map { $0.map(\.value) })
      train(second, restored, steps: 2)
      #expect(second.variables.map(\.value) == whole.variables.map(\.value))
    }
  }

  private func train(_ model: Model, _ optimizer: Optimizer, steps: Int) {
    for _ in 0..<steps {
      let loss = withGradientTape { QuarticError()(y, model(x, training: true)) }
      optimizer.apply(loss.gradients(), to: model.trainableVariables)
    }
  }

  @Test("A custom optimizer, loss and metric are compiled from a file")
  func compiled() throws {
    CustomObjects.registerOptimizer("Lion") { config in
      Lion(learningRate: Float(config["learning_rate"]?.number ?? 0))
    }
    CustomObjects.registerLoss("QuarticError") { _ in QuarticError() }
    CustomObjects.registerMetric("Largest") { _ in Largest() }
    let own = CompileConfig(
      optimizer: Lion(learningRate: 0.5), loss: QuarticError(), metrics: [Largest()])
    for config in [own.compileConfig, own.trainingConfig] {
      let read = try CompileConfig(kerasConfig: config)
      #expect((read.optimizer as? Lion)?.learningRate == 0.5)
      #expect(read.loss is QuarticError)
      #expect(read.metrics.first is Largest)
    }
    #expect(own.compileConfig["optimizer"]?.object?["module"] == .null)
    #expect(own.compileConfig["optimizer"]?["registered_name"] == .string("Lion"))
    #expect(
      CompileConfig(optimizer: Adam(), loss: nil).compileConfig["optimizer"]?["module"]
        == .string("keras.optimizers"))
  }

  @Test("One import is enough: a dataset, a model, a file")
  func umbrella() throws {
    let batches: Dataset = Dataset(images: x, labels: y).batch(3)
    let model = Sequential([Dense(2)])
    model.compile(optimizer: SGD(), loss: MeanSquaredError(), metrics: [Mean()])
    #expect(model.fit(batches).history["loss"]?.count == 1)
  }
}
