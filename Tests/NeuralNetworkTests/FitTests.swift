import NeuralNetwork
import Tensors
import Testing

@Suite("Fitting")
struct FitTests {
  private let x = Tensor((0..<20).map { Float($0 % 7) / 7 }, shape: [10, 2])
  private let y = Tensor((0..<10).map { Float($0 % 3) }, shape: [10, 1])

  private func makeModel() -> Sequential {
    let model = Sequential([Dense(1)])
    model.seed = 1
    model.compile(
      optimizer: SGD(learningRate: 0.01), loss: MeanSquaredError(),
      metrics: [MeanMetricWrapper(MeanAbsoluteError())])
    return model
  }

  @Test("A callback ends the training after an epoch, and a batch")
  func stops() {
    final class Stop: Callback {
      var calls: [String] = []
      let batch: Int?
      init(batch: Int?) {
        self.batch = batch
        super.init()
      }
      override func onTrainBegin(model: Model) { calls.append("begin") }
      override func onTrainEnd(model: Model, logs: [String: Double]) {
        calls.append("end \(logs["loss"] != nil)")
      }
      override func onEpochBegin(_ epoch: Int, model: Model) { calls.append("epoch \(epoch)") }
      override func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
        calls.append("batch \(batch)")
        if batch == self.batch { model.stopTraining = true }
      }
      override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
        calls.append("done \(epoch)")
        if epoch == 1 { model.stopTraining = true }
      }
    }
    let model = makeModel()
    let afterEpoch = Stop(batch: nil)
    let history = model.fit(x, y, batchSize: 5, epochs: 9, callbacks: [afterEpoch])
    #expect(history.history["loss"]?.count == 2)
    let epoch = { (n: Int) in ["epoch \(n)", "batch 0", "batch 1", "done \(n)"] }
    #expect(afterEpoch.calls == ["begin"] + epoch(0) + epoch(1) + ["end true"])

    let afterBatch = Stop(batch: 0)
    model.fit([(x, y), (x, y)], epochs: 9, callbacks: [afterBatch])
    #expect(afterBatch.calls == ["begin", "epoch 0", "batch 0", "done 0", "end true"])
  }

  @Test("The closure can end the training too")
  func closure() {
    let model = makeModel()
    let history = model.fit(x, y, epochs: 9) { epoch, logs in
      #expect(logs["mean_absolute_error"] != nil)
      if epoch == 2 { model.stopTraining = true }
    }
    #expect(history.history["loss"]?.count == 3)
  }

  @Test("Arrays have validation data, with Keras's names")
  func validationData() throws {
    let model = makeModel()
    let history = model.fit(
      x, y, batchSize: 4, epochs: 2, validationData: (x[rows: 0..<3], y[rows: 0..<3]))
    #expect(
      Set(history.history.keys) == [
        "loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error",
      ])
    let logs = model.evaluate(x[rows: 0..<3], y[rows: 0..<3], batchSize: 2)
    #expect(abs(try #require(history.history["val_loss"]?.last) - logs["loss", default: 0]) < 1e-6)
  }

  @Test("A validation split takes the last examples, before any shuffling")
  func validationSplit() throws {
    let (split, given) = (makeModel(), makeModel())
    let a = split.fit(x, y, batchSize: 3, epochs: 3, validationSplit: 0.25, seed: 5)
    let b = given.fit(
      x[rows: 0..<7], y[rows: 0..<7], batchSize: 3, epochs: 3,
      validationData: (x[rows: 7..<10], y[rows: 7..<10]), seed: 5)
    #expect(a.history == b.history)
    #expect(split.variables.map(\.value) == given.variables.map(\.value))
  }

  @Test("`predict` of no input gives no output, of the outputs' shape")
  func predictsNothing() {
    final class Own: Model {
      let conv = Conv2D(2, 3, activation: .relu)
      let pool = MaxPooling2D()
      let norm = BatchNormalization()
      let flatten = Flatten()
      let dense = Dense(3, activation: .softmax)
      override func call(_ x: Tensor, training: Bool) -> Tensor {
        dense(flatten(norm(pool(conv(x)))))
      }
    }
    let empty = Tensor(zeros: [0, 8, 8, 1])
    #expect(Own().predict(empty).shape == [0, 3])
    #expect(Sequential([Flatten(), Dense(5)]).predict(empty).shape == [0, 5])
    #expect(makeModel().predict(Tensor(zeros: [0, 2])).shape == [0, 1])
  }

  @Test("Layers give no output for no input", arguments: ["relu", "softmax", "gelu", "tanh"])
  func emptyBatches(activation: String) throws {
    let empty = Tensor(zeros: [0, 8, 8, 4])
    let images: [Layer] = [
      Conv2D(4, 3, padding: .same, groups: 2), DepthwiseConv2D(3), SeparableConv2D(4, 3),
      Conv2DTranspose(4, 3, strides: 2), MaxPooling2D(), AveragePooling2D(),
      GlobalMaxPooling2D(), GlobalAveragePooling2D(), BatchNormalization(), LayerNormalization(),
      UpSampling2D(2), ZeroPadding2D(1), Cropping2D(1), Dropout(0.5), SpatialDropout2D(0.5),
      GaussianNoise(0.1), PReLU(), LeakyReLU(), ELU(), ReLU(), Softmax(), Permute([2, 1, 3]),
      Flatten(), Reshape([16, 16]), Rescaling(2),
      Activation(try #require(ActivationFunction(rawValue: activation))),
    ]
    let sequences: [Layer] = [
      Conv1D(4, 3, padding: .causal, groups: 2), DepthwiseConv1D(3), SeparableConv1D(4, 3),
      Conv1DTranspose(4, 3, strides: 2), MaxPooling1D(), AveragePooling1D(), GlobalMaxPooling1D(),
      GlobalAveragePooling1D(), UpSampling1D(), ZeroPadding1D(), Cropping1D(),
      SpatialDropout1D(0.5),
    ]
    for layer in sequences {
      let outputs = layer(Tensor(zeros: [1, 8, 4])).shape.dropFirst()
      #expect(layer(Tensor(zeros: [0, 8, 4])).shape == Shape([0] + outputs), "\(layer.name)")
    }
    #expect(RepeatVector(3)(Tensor(zeros: [0, 4])).shape == [0, 3, 4])
    for layer in images {
      let outputs = layer(Tensor(zeros: [1, 8, 8, 4])).shape.dropFirst()
      #expect(layer(empty).shape == Shape([0] + outputs), "\(layer.name)")
    }
  }

  @Test("`Mean` is a metric of the predictions")
  func mean() {
    let model = makeModel()
    model.compile(optimizer: SGD(), loss: MeanSquaredError(), metrics: [Mean(name: "output")])
    let output = Double(model.predict(x).mean().scalar)
    #expect(abs(model.evaluate(x, y)["output", default: 9] - output) < 1e-6)
  }
}
