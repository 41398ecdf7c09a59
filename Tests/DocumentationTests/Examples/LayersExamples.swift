import Cairn
import TestSupport
import Testing

/// The examples in the comments of models and layers.
@Suite("Examples of layers")
struct LayersExamples {
  @Test func sequential() {
    let model = Sequential([
      Conv2D(32, 3, activation: .relu), MaxPooling2D(), Flatten(), Dense(10),
    ])
    model.build(inputShape: [28, 28, 1])
    print(model.summary())
    #expect(model.predict(Tensor(zeros: [2, 28, 28, 1])).shape == [2, 10])
    #expect(model.parameterCount == 320 + 13 * 13 * 32 * 10 + 10)
  }

  @Test func severalInputsAndOutputs() throws {
    final class House: Model {
      override var inputNames: [String] { ["picture", "numbers"] }
      override var outputNames: [String] { ["kind", "price"] }
      let flatten = Flatten()
      let joined = Concatenate()
      let kind = Dense(3)
      let price = Dense(1)

      override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
        let x = joined([flatten(inputs[0]), inputs[1]])
        return [kind(x), price(x)]
      }
    }
    let model = House()
    let (pictures, numbers) = (Tensor(zeros: [4, 8, 8, 1]), Tensor(zeros: [4, 2]))
    let (kinds, prices) = (Tensor([0, 1, 2, 0]), Tensor([1, 2, 3, 4], shape: [4, 1]))
    model.compile(
      optimizer: Adam(),
      losses: [
        "kind": SparseCategoricalCrossentropy(fromLogits: true), "price": MeanSquaredError(),
      ],
      lossWeights: ["kind": 1, "price": 0.5], metrics: ["kind": [AutomaticAccuracy()]])
    let history = model.fit(
      ["picture": pictures, "numbers": numbers], ["kind": kinds, "price": prices], epochs: 3)
    let outputs = model.predictOutputs([pictures, numbers])  // "kind": [4, 3], "price": [4, 1]
    #expect(
      history.history.keys.sorted() == ["kind_accuracy", "kind_loss", "loss", "price_loss"])
    #expect(outputs.mapValues(\.shape) == ["kind": [4, 3], "price": [4, 1]])
    try withTemporaryDirectory { directory in
      try Checkpoint(
        model: model, optimizer: model.optimizer, compileConfig: model.compileConfig
      ).save(to: "\(directory)/house.keras")
      let loaded = try CheckpointFile(opening: "\(directory)/house.keras").loadModel()
      #expect(loaded.inputNames == ["picture", "numbers"])
      #expect(loaded.outputs(of: [pictures, numbers])[1].scalars == outputs["price"]?.scalars)
    }
  }

  @Test func dense() {
    let layer = Dense(10, activation: .softmax)
    let probabilities = layer(Tensor(zeros: [32, 128]))  // [32, 128] → [32, 10]
    #expect(probabilities.shape == [32, 10])
    #expect(abs(probabilities[0, 0] - 0.1) < 1e-6)
  }

  @Test func attention() {
    let layer = Attention()
    let (query, value) = (Tensor(zeros: [8, 5, 16]), Tensor(zeros: [8, 50, 16]))
    let context = layer([query, value])  // [8, 5, 16]
    #expect(context.shape == [8, 5, 16])
  }

  @Test func multiHeadAttention() {
    let layer = MultiHeadAttention(heads: 4, keySize: 8)
    let x = Tensor(zeros: [8, 50, 32])
    let y = layer([x, x])  // [8, 50, 32]
    #expect(y.shape == [8, 50, 32])
    #expect(layer.weights[0].shape == [32, 4, 8])
  }

  @Test func categoryEncoding() {
    let layer = CategoryEncoding(4)
    let numbers: Tensor = [[0, 3], [1, 1]]
    let seen = layer(numbers)  // [[1, 0, 0, 1], [0, 1, 0, 0]]
    #expect(seen.scalars == [1, 0, 0, 1, 0, 1, 0, 0])
  }

  @Test func discretization() {
    let layer = Discretization([0, 1, 2])
    let numbers: Tensor = [[-1.5, 1, 3.4, 0.5]]
    let ranges = layer(numbers)  // [[0, 2, 3, 1]]
    #expect(ranges.scalars == [0, 2, 3, 1])
  }

  @Test func conv3D() {
    let layer = Conv3D(8, 3, padding: .same, activation: .relu)
    let features = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 16, 28, 28, 8]
    #expect(features.shape == [2, 16, 28, 28, 8])
  }

  @Test func einsumDense() {
    let layer = EinsumDense("abc,cde->abde", outputShape: [nil, 4, 8], biasAxes: "de")
    let heads = layer(Tensor(zeros: [2, 10, 32]))  // [2, 10, 4, 8]
    #expect(heads.shape == [2, 10, 4, 8])
  }

  @Test func convLSTM1D() {
    let layer = ConvLSTM1D(4, 3, padding: .same)
    let last = layer(Tensor(zeros: [2, 10, 16, 1]))  // [2, 16, 4]
    #expect(last.shape == [2, 16, 4])
  }

  @Test func convLSTM3D() {
    let layer = ConvLSTM3D(4, 3, padding: .same)
    let last = layer(Tensor(zeros: [2, 5, 8, 8, 8, 1]))  // [2, 8, 8, 8, 4]
    #expect(last.shape == [2, 8, 8, 8, 4])
  }

  @Test func convLSTM2D() {
    let layer = ConvLSTM2D(4, 3, padding: .same)
    let last = layer(Tensor(zeros: [2, 10, 16, 16, 1]))  // [2, 16, 16, 4]
    #expect(last.shape == [2, 16, 16, 4])
  }

  @Test func conv3DTranspose() {
    let layer = Conv3DTranspose(4, 2, strides: 2)
    let volumes = layer(Tensor(zeros: [2, 4, 7, 7, 8]))  // [2, 8, 14, 14, 4]
    #expect(volumes.shape == [2, 8, 14, 14, 4])
  }

  @Test func conv2D() {
    let layer = Conv2D(32, 3, padding: .same, activation: .relu)  // 32 filters of 3 × 3 pixels
    let features = layer(Tensor(zeros: [8, 28, 28, 1]))  // [8, 28, 28, 32]
    #expect(features.shape == [8, 28, 28, 32])
    #expect(layer.weights[0].shape == [3, 3, 1, 32])
  }

  @Test func layerScale() {
    let layer = LayerScale(64, initialValue: 1e-6)
    let scaled = layer(Tensor(zeros: [8, 7, 7, 64]))  // [8, 7, 7, 64]
    #expect(scaled.shape == [8, 7, 7, 64])
  }

  @Test func conv1D() {
    let layer = Conv1D(32, 5, padding: .causal, activation: .relu)  // 32 filters of 5 steps
    let features = layer(Tensor(zeros: [8, 100, 16]))  // [8, 100, 32]
    #expect(features.shape == [8, 100, 32])
    #expect(layer.weights[0].shape == [5, 16, 32])
  }

  @Test func simpleRNN() {
    let layer = SimpleRNN(32)
    let last = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 32]
    #expect(last.shape == [8, 32])
  }

  @Test func lstm() {
    let layer = LSTM(32)
    let last = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 32]
    #expect(last.shape == [8, 32])
  }

  @Test func gru() {
    let layer = GRU(32)
    let last = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 32]
    #expect(last.shape == [8, 32])
  }

  @Test func bidirectional() {
    let layer = Bidirectional(LSTM(32))
    let both = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 64]
    #expect(both.shape == [8, 64])
  }

  @Test func softmax() {
    let scores: Tensor = [[1, 2, 3]]
    let mask: Tensor = [[1, 0, 1]]
    let shares = Softmax()([scores, mask])  // 0.12, 0, 0.88
    #expect(shares.scalars.map { ($0 * 100).rounded() } == [12, 0, 88])
  }

  @Test func timeDistributed() {
    let layer = TimeDistributed(Dense(4))
    let steps = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 50, 4]
    #expect(steps.shape == [8, 50, 4])
  }

  @Test func embedding() {
    let layer = Embedding(1000, 16)
    let vectors = layer(Tensor(zeros: [8, 50]))  // [8, 50] → [8, 50, 16]
    #expect(vectors.shape == [8, 50, 16])
  }

  @Test func batchNormalization() {
    let x: Tensor = [[1, 10], [3, 30]]
    let layer = BatchNormalization(momentum: 0.9)
    let normalized = layer(x, training: true)  // about [[-1, -1], [1, 1]]
    let mean = layer.weights[2].value  // the moving mean: 0.1 of that of the batch, [0.2, 2]
    #expect(abs(normalized[1, 0] - 1) < 1e-3 && abs(normalized[0, 1] + 1) < 1e-3)
    #expect(abs(mean[0] - 0.2) < 1e-6 && abs(mean[1] - 2) < 1e-6)
  }

  @Test func dropout() {
    let layer = Dropout(0.5)
    let x = Tensor(repeating: 1, shape: [1000])
    let trained = layer(x, training: true)  // about half of the elements are 0, the others 2
    let predicted = layer(x, training: false)  // x
    #expect(Set(trained.scalars) == [0, 2])
    #expect(predicted == x)
  }

  @Test func maxPooling2D() {
    let layer = MaxPooling2D(2)
    let halved = layer(Tensor(zeros: [8, 28, 28, 32]))  // [8, 14, 14, 32]
    #expect(halved.shape == [8, 14, 14, 32])
  }

  @Test func flatten() {
    let rows = Flatten()(Tensor(zeros: [8, 7, 7, 64]))  // [8, 3136]
    #expect(rows.shape == [8, 3136])
  }

  @Test func rescaling() {
    let layer = Rescaling(1 / 127.5, offset: -1)  // bytes to numbers from -1 to 1
    let scaled = layer(Tensor([0, 255]))  // [-1, 1]
    #expect(scaled == [-1, 1])
  }

  @Test func activation() {
    let layer = Activation(.relu)
    let positive = layer(Tensor([-2, 3]))  // [0, 3]
    #expect(positive == [0, 3])
  }

  @Test func randomFlip() {
    let model = Sequential([
      RandomFlip(.horizontal), RandomRotation(0.05), RandomZoom(0.1), Flatten(), Dense(10),
    ])
    let logits = model(Tensor(zeros: [8, 32, 32, 3]), training: true)  // [8, 10]
    #expect(logits.shape == [8, 10])
  }

  @Test func setRegularizer() {
    let layer = Dense(10)
    layer.setRegularizer(.l2(1e-4), of: "kernel")
    layer.build(inputShape: [4])
    #expect(layer.kernel.regularizer != nil && layer.bias?.regularizer == nil)
  }

  @Test func setConstraint() {
    let layer = Dense(10)
    layer.setConstraint(.maxNorm(3), of: "kernel")
    layer.build(inputShape: [4])
    #expect(layer.kernel.constraint != nil)
  }

  /// A layer of one's own, as in the comment of ``Layer``.
  final class ColumnScale: Layer {
    override func weightSpecifications(inputShape: Shape) -> [WeightSpecification] {
      let columns = inputShape[inputShape.count - 1]
      return [WeightSpecification("scale", shape: [columns], initializer: .ones)]
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor { x * weights[0].value }
  }

  @Test func layer() {
    let layer = ColumnScale()
    let x: Tensor = [[2, 3]]
    #expect(layer(x) == x)
    #expect(layer.weights.map(\.name) == ["scale"])
  }
}
