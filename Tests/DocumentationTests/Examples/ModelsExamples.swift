import Cairn
import TestSupport
import Testing

/// The examples in the comments of models, their descriptions and Keras's forms of them.
@Suite("Examples of models")
struct ModelsExamples {
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

  @Test func history() {
    let model = makeModel()

    let history = model.fit(x, y, epochs: 3, validationSplit: 0.25)
    for (epoch, loss) in (history.history["val_loss"] ?? []).enumerated() {
      print("epoch \(epoch + 1): \(loss)")
    }
    #expect(history.history["val_loss"]?.count == 3)
    #expect(history.history.keys.sorted() == ["accuracy", "loss", "val_accuracy", "val_loss"])
  }

  @Test func fit() {
    let model = makeModel()
    let batches = [(x, y)]
    let testBatches = batches
    var epochs: [Int] = []

    model.fit(batches, epochs: 10, validationData: testBatches) { epoch, logs in
      print(epoch, logs)
    }
    model.fit(batches, epochs: 2, validationData: testBatches) { epoch, _ in epochs.append(epoch) }
    #expect(epochs == [0, 1])
  }

  @Test func fitWithValidationSplit() {
    let model = makeModel()

    let history = model.fit(x, y, epochs: 20, validationSplit: 0.2)
    print(history.history["val_loss"] ?? [])  // of each epoch
    #expect(history.history["val_loss"]?.count == 20)
  }

  @Test func call() {
    let (model, images) = (makeModel(), x)

    let logits = model(images, training: true)
    #expect(logits.shape == [64, 1])
  }

  @Test func earlyStopping() {
    let (model, validation) = (makeModel(), (x, y))

    let stopping = EarlyStopping(
      monitor: "val_loss", minDelta: 0.05, patience: 3, restoreBestWeights: true)
    model.fit(x, y, epochs: 100, validationData: validation, callbacks: [stopping])
    print(stopping.stoppedEpoch, stopping.bestEpoch)  // it stops 3 epochs after the best one
    #expect(stopping.stoppedEpoch == stopping.bestEpoch + 3)
  }

  @Test func lambdaCallback() {
    let model = makeModel()
    var seen: [Int] = []

    let printing = LambdaCallback(onEpochEnd: { epoch, logs in
      print(epoch, logs["loss"] ?? 0)
    })
    model.fit(x, y, epochs: 3, callbacks: [printing])
    model.fit(x, y, epochs: 2, callbacks: [LambdaCallback(onEpochBegin: { seen.append($0) })])
    #expect(seen == [0, 1])
  }

  @Test func monitorMode() {
    let stopping = EarlyStopping(monitor: "val_f1", patience: 5, mode: .max)  // higher is better
    #expect(stopping.monitor == "val_f1")
  }

  @Test func architecture() throws {
    let model = Sequential([Conv2D(8, 3), Flatten(), Dense(10)])
    model.build(inputShape: [28, 28, 1])
    guard let architecture = Architecture(model) else { return }  // only layers that are called
    let json = architecture.kerasConfig(.archive).text  // `config.json` of a .keras file
    let copy = try Architecture(kerasConfig: JSON(parsing: json)).makeModel()
    copy.build(inputShape: architecture.inputShape)
    print(copy.parameterCount == model.parameterCount)  // true; the weights are new
    #expect(copy.parameterCount == model.parameterCount)
  }

  @Test func kerasDialect() throws {
    let model = Sequential([Dense(10)])
    model.build(inputShape: [4])

    let architecture = Architecture(model)
    let forKeras3 = architecture?.kerasConfig(.archive)["module"]?.string  // "keras"
    let forKeras2 = architecture?.kerasConfig(.keras2)["module"]?.string  // nil
    #expect(forKeras3 == "keras" && forKeras2 == nil)
  }

  @Test func graph() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let graph = try CheckpointFile(opening: path).loadModel().graph
    for call in graph?.calls ?? [] {
      print(call.layer.name, call.inputs)  // conv1 reads the input, flatten call 0, …
    }
    #expect(graph?.calls.map(\.layer.name).prefix(2) == ["conv1", "flatten"])
    #expect(graph?.calls.first?.inputs == [.input(0)])
  }

  @Test func graphModel() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let model: GraphModel = try CheckpointFile(opening: path).loadModel()
    print(model.layers.map(\.name))  // ["conv1", "flatten", "d1", "d2"]
    #expect(model.layers.map(\.name) == ["conv1", "flatten", "d1", "d2"])
  }

  @Test func functional() throws {
    final class Residual: Model {
      let (inner, add) = (Dense(8, activation: .relu), Add())
      override func call(_ x: Tensor, training: Bool) -> Tensor { add([x, inner(x)]) }
    }
    let model = Residual()
    model.build(inputShape: [8])
    let functional = Architecture(model).map(Functional.init)  // its layers, without its code
    print(functional?.layers.map(\.name) ?? [])  // ["dense", "add"]
    let x = Tensor((0..<16).map { Float($0) }, shape: [2, 8])
    #expect(functional?.predict(x) == model.predict(x))
  }

  @Test func summary() {
    let row = Summary.Row(
      name: "dense", className: "Dense", outputShape: [10], parameterCount: 7850)
    let summary = Summary(
      name: "mlp", rows: [row], trainableCount: 7850, frozenCount: 0, optimizerCount: nil)
    print(summary.text)  // the table of `model.summary()`
    #expect(summary.text.contains("dense (Dense)"))
  }

  @Test func modelInput() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let model = try CheckpointFile(opening: path).loadModel()
    for input in Architecture(model)?.inputs ?? [] {
      print(input.name, input.shape)  // input_layer [28, 28, 1]
    }
    #expect(Architecture(model)?.inputs.map(\.shape) == [[28, 28, 1]])
  }

  @Test func compileConfig() throws {
    let config = CompileConfig(
      optimizer: Adam(learningRate: 0.001), loss: MeanSquaredError(),
      metrics: [RootMeanSquaredError()])
    let copy = try CompileConfig(kerasConfig: config.compileConfig)  // as in a .keras file
    let model = Sequential([Dense(1)])
    let isComplete = model.compile(copy)  // true: optimizer and loss are known
    #expect(isComplete && copy.loss is MeanSquaredError && copy.metrics.count == 1)
  }

  @Test func kerasError() throws {
    let text = #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Fancy"}]}}"#
    do {
      _ = try Architecture(kerasConfig: JSON(parsing: text))
    } catch let error as KerasError {
      print(error, error.isOfLibrary)  // what is wrong, and whether Keras might read the file
    }
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: JSON(parsing: text)) }
  }

  @Test func architectureNote() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let file = try CheckpointFile(opening: path)
    for note in Architecture(try file.loadModel())?.notes ?? [] where note.isLost {
      print("a new file would lose this: \(note)")
    }
    #expect(Architecture(try file.loadModel())?.notes.isEmpty == true)
  }

  @Test func kerasRegistry() {
    let layer = KerasRegistry.layerClassName(ofKey: "max_pooling2d_3")  // "MaxPooling2D"
    let optimizer = KerasRegistry.optimizerClassName(ofName: "adam_w")  // "AdamW"
    let names = KerasRegistry.variableNames(ofClass: "Dense", count: 2)  // ["kernel", "bias"]
    #expect(layer == "MaxPooling2D" && optimizer == "AdamW" && names == ["kernel", "bias"])
  }

  @Test func customObjects() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/model.keras"

      final class Gain: Layer {
        let factor: Float
        init(_ factor: Float) {
          self.factor = factor
          super.init()
        }
        override var config: JSON.Object { ["factor": .number(Double(factor))] }
        override func call(_ x: Tensor, training: Bool) -> Tensor { x * factor }
      }

      CustomObjects.registerLayer("Gain") { config in
        Gain(Float(config["factor"]?.number ?? 1))
      }
      let saved = Sequential([Gain(3), Dense(2)])
      saved.build(inputShape: [4])
      try Checkpoint(model: saved).save(to: path)
      let model = try CheckpointFile(opening: path).loadModel()
      #expect((model.layers.first as? Gain)?.factor == 3)
    }
  }

  @Test func untrainedAugmentation() throws {
    let layers = #"""
      [{"class_name": "InputLayer", "config": {"batch_shape": [null, 32, 32, 3]}},
       {"class_name": "RandomErasing", "config": {"factor": 0.5}}]
      """#
    let config = #"{"class_name": "Sequential", "config": {"layers": \#(layers)}}"#
    let architecture = try Architecture(kerasConfig: JSON(parsing: config))
    print(architecture.notes)  // that this layer is not applied in training
    #expect(architecture.layers.first is RandomErasing && !architecture.notes.isEmpty)
  }
}
