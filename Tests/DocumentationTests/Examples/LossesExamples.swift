import Cairn
import Testing

/// The examples in the comments of losses and metrics.
@Suite("Examples of losses and metrics")
struct LossesExamples {
  private func isClose(_ value: Float, _ expected: Float) -> Bool { abs(value - expected) < 1e-3 }

  @Test func loss() {
    struct MeanFourthPower: Loss {
      func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        (yTrue - yPred).square().square().mean(axes: [-1])  // [batch, values] → [batch]
      }
    }
    let value = MeanFourthPower()([[0, 0]], [[1, 2]]).scalar  // (1 + 16) / 2 = 8.5
    #expect(value == 8.5)
  }

  @Test func elementwiseLoss() {
    func meanOfRows(_ loss: some ElementwiseLoss) -> Tensor {
      loss.perExample([[0, 2], [0, 0]], [[1, 4], [3, 3]])  // [2, 2] → [2]
    }
    let squares = meanOfRows(MeanSquaredError())  // [2.5, 9]
    let sizes = meanOfRows(MeanAbsoluteError())  // [1.5, 3]
    #expect(squares == [2.5, 9] && sizes == [1.5, 3])
  }

  @Test func crossentropy() {
    func fromLogits<Entropy: Crossentropy>(_ type: Entropy.Type) -> Entropy {
      Entropy(fromLogits: true, labelSmoothing: 0.1)
    }
    let value = fromLogits(CategoricalCrossentropy.self)([[0, 1]], [[0, 0]]).scalar  // log 2
    #expect(isClose(value, 0.693))
  }

  @Test func reduction() {
    let (targets, predictions): (Tensor, Tensor) = ([[0], [0]], [[1], [3]])
    let mean = MeanSquaredError()(targets, predictions)  // (1 + 9) / 2 = 5
    let sum = MeanSquaredError(reduction: .sum)(targets, predictions)  // 10
    let each = MeanSquaredError(reduction: .none)(targets, predictions)  // [1, 9]
    #expect(mean.scalar == 5 && sum.scalar == 10 && each == [1, 9])
  }

  @Test func binaryFocalCrossentropy() {
    let loss = BinaryFocalCrossentropy(gamma: 2)
    let value = loss([[1], [1]], [[0.9], [0.2]]).scalar  // -(0.1² log 0.9 + 0.8² log 0.2) / 2
    #expect(isClose(value, 0.5156))
  }

  @Test func categoricalHinge() {
    let loss = CategoricalHinge()
    let value = loss([[0, 1, 0]], [[0.3, 0.5, 0.2]]).scalar  // 0.3 - 0.5 + 1 = 0.8
    #expect(isClose(value, 0.8))
  }

  @Test func cosineSimilarity() {
    let loss = CosineSimilarity()
    let value = loss([[1, 0], [1, 0]], [[2, 0], [0, 3]]).scalar  // mean of -1 and 0 = -0.5
    #expect(isClose(value, -0.5))
  }

  @Test func hinge() {
    let loss = Hinge()
    let value = loss([[1, -1]], [[0.5, 0.5]]).scalar  // (0.5 + 1.5) / 2 = 1
    #expect(isClose(value, 1))
  }

  @Test func squaredHinge() {
    let loss = SquaredHinge()
    let value = loss([[1, -1]], [[0.5, 0.5]]).scalar  // (0.5² + 1.5²) / 2 = 1.25
    #expect(isClose(value, 1.25))
  }

  @Test func klDivergence() {
    let loss = KLDivergence()
    let value = loss([[0.5, 0.5]], [[0.9, 0.1]]).scalar  // 0.5 log (0.5/0.9) + 0.5 log 5 = 0.511
    #expect(isClose(value, 0.5108))
  }

  @Test func logCosh() {
    let loss = LogCosh()
    let value = loss([[0, 0]], [[1, -10]]).scalar  // (0.434 + 9.307) / 2 = 4.870
    #expect(isClose(value, 4.8703))
  }

  @Test func meanAbsoluteError() {
    let loss = MeanAbsoluteError()
    let value = loss([[0, 2]], [[1, 4]]).scalar  // (1 + 2) / 2 = 1.5
    #expect(value == 1.5)
  }

  @Test func meanAbsolutePercentageError() {
    let loss = MeanAbsolutePercentageError()
    let value = loss([[10, 20]], [[11, 16]]).scalar  // (10 % + 20 %) / 2 = 15
    #expect(isClose(value, 15))
  }

  @Test func meanSquaredLogarithmicError() {
    let loss = MeanSquaredLogarithmicError()
    let value = loss([[99, 0]], [[9, 0]]).scalar  // (log 100 - log 10)² / 2 = 2.651
    #expect(isClose(value, 2.6509))
  }

  @Test func poisson() {
    let loss = Poisson()
    let value = loss([[2]], [[3]]).scalar  // 3 - 2 log 3 = 0.803
    #expect(isClose(value, 0.8028))
  }

  @Test func losses() throws {
    let config = try JSON(parsing: #"{"class_name": "Huber", "config": {"delta": 0.5}}"#)
    let loss = try Losses.make(kerasConfig: config)
    print((loss as? Huber)?.delta ?? 0)  // 0.5
    #expect((loss as? Huber)?.delta == 0.5)
  }

  @Test func metrics() throws {
    let metric = try Metrics.make(kerasConfig: .string("accuracy"))
    metric.update([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    print(metric.name, metric.result)  // accuracy 0.5
    #expect(metric.name == "accuracy" && metric.result == 0.5)
  }

  @Test func metric() {
    final class MaximumError: Metric {
      let name = "maximum_error"
      private(set) var result = 0.0

      func update(_ yTrue: Tensor, _ yPred: Tensor) {
        result = max(result, Double((yTrue - yPred).abs().scalars.max() ?? 0))
      }

      func reset() { result = 0 }
    }
    let error = MaximumError()
    error.update([1, 2], [1.5, 0])
    print(error.result)  // 2.0
    #expect(error.result == 2)
  }

  @Test func accuracy() {
    let accuracies: [Accuracy] = [SparseCategoricalAccuracy(), SparseTopKCategoricalAccuracy(k: 2)]
    for accuracy in accuracies {
      accuracy.update([2], [[0.1, 0.5, 0.4]])
      print(accuracy.name, accuracy.correct, "of", accuracy.count)  // 0 of 1, then 1 of 1
    }
    #expect(accuracies.map(\.correct) == [0, 1])
  }

  @Test func automaticAccuracy() {
    let model = Sequential([Dense(3, activation: .softmax)])
    model.compile(
      optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [.accuracy])
    let logs = model.evaluate(Tensor(zeros: [4, 2]), Tensor([0, 0, 0, 1]))
    print(logs["accuracy"] ?? 0)  // 0.75: all predictions are equal, and class 0 comes first
    #expect(logs["accuracy"] == 0.75)
  }

  @Test func categoricalAccuracy() {
    let accuracy = CategoricalAccuracy()
    accuracy.update([[1, 0], [0, 1]], [[0.9, 0.1], [0.7, 0.3]])
    let result = accuracy.result  // 0.5: the second row is wrong
    #expect(result == 0.5)
  }

  @Test func topKCategoricalAccuracy() {
    let accuracy = TopKCategoricalAccuracy(k: 2)
    accuracy.update([[0, 0, 1], [0, 0, 1]], [[0.1, 0.6, 0.3], [0.5, 0.4, 0.1]])
    let result = accuracy.result  // 0.5: in the first row, class 2 is the second largest
    #expect(result == 0.5)
  }

  @Test func meanCosineSimilarity() {
    let similarity = MeanCosineSimilarity()
    similarity.update([[1, 0], [1, 0]], [[2, 0], [0, 3]])
    let result = similarity.result  // (1 + 0) / 2 = 0.5
    #expect(abs(result - 0.5) < 1e-6)
  }

  @Test func meanMetricWrapper() {
    let error = MeanMetricWrapper(MeanAbsoluteError())
    error.update([[0], [2]], [[1], [4]])
    print(error.name, error.result)  // mean_absolute_error 1.5
    #expect(error.name == "mean_absolute_error" && error.result == 1.5)
  }

  @Test func rootMeanSquaredError() {
    let error = RootMeanSquaredError()
    error.update([[0, 0]], [[3, 4]])
    let result = error.result  // √((9 + 16) / 2) = 3.536
    #expect(abs(result - 3.5355) < 1e-3)
  }
}
