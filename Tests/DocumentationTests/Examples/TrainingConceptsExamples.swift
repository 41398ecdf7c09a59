import Cairn
import Testing

/// The examples in the comments of losses, metrics, optimizers and schedules.
@Suite("Examples of losses, metrics and optimizers")
struct TrainingConceptsExamples {
  @Test func sparseCategoricalCrossentropy() {
    let loss = SparseCategoricalCrossentropy()
    let value = loss([1], [[0.1, 0.8, 0.1]]).scalar  // -log 0.8 = 0.223
    #expect(abs(value - 0.22314) < 1e-4)
  }

  @Test func categoricalCrossentropy() {
    let loss = CategoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1)
    let value = loss([[0, 1]], [[0, 0]]).scalar  // log 2 = 0.693
    #expect(abs(value - 0.69315) < 1e-4)
  }

  @Test func binaryCrossentropy() {
    let loss = BinaryCrossentropy()
    let value = loss([[1], [0]], [[0.9], [0.2]]).scalar  // -(log 0.9 + log 0.8) / 2 = 0.164
    #expect(abs(value - 0.16425) < 1e-4)
  }

  @Test func meanSquaredError() {
    let loss = MeanSquaredError()
    let value = loss([[0, 2]], [[1, 4]]).scalar  // (1² + 2²) / 2 = 2.5
    #expect(value == 2.5)
  }

  @Test func huber() {
    let loss = Huber(delta: 1)
    let value = loss([[0, 0]], [[0.5, 3]]).scalar  // (0.5² / 2 + (3 - 0.5)) / 2 = 1.3125
    #expect(value == 1.3125)
  }

  @Test func mean() {
    let mean = Mean(name: "loss")
    mean.update([1, 2])
    mean.update([6])
    let result = mean.result  // 3
    #expect(result == 3)
  }

  @Test func sparseCategoricalAccuracy() {
    let accuracy = SparseCategoricalAccuracy()
    accuracy.update([0, 1], [[0.9, 0.1], [0.7, 0.3]])
    let result = accuracy.result  // 0.5: the second row is wrong
    #expect(result == 0.5)
  }

  @Test func binaryAccuracy() {
    let accuracy = BinaryAccuracy(threshold: 0.5)
    accuracy.update([[1], [0]], [[0.8], [0.6]])
    let result = accuracy.result  // 0.5: 0.6 counts as 1
    #expect(result == 0.5)
  }

  @Test func topKAccuracy() {
    let accuracy = SparseTopKCategoricalAccuracy(k: 2)
    accuracy.update([2, 2], [[0.1, 0.6, 0.3], [0.5, 0.4, 0.1]])
    let result = accuracy.result  // 0.5: in the first row, class 2 is the second largest
    #expect(result == 0.5)
  }

  @Test func sgd() {
    let weight = Variable([1], name: "weight")
    let optimizer = SGD(learningRate: 0.5)
    let loss = withGradientTape { weight.value.square().sum() }
    optimizer.apply(loss.gradients(), to: [weight])  // 1 - 0.5 · 2 = 0
    #expect(weight.value == [0])
  }

  @Test func adam() {
    let weight = Variable([1], name: "weight")
    let optimizer = Adam(learningRate: 0.1)
    let loss = withGradientTape { weight.value.square().sum() }
    optimizer.apply(loss.gradients(), to: [weight])  // the first step is the learning rate: 0.9
    #expect(abs(weight.value[0] - 0.9) < 1e-5)
  }

  @Test func adamW() {
    let optimizer = AdamW(learningRate: 0.001, weightDecay: 0.01, globalClipnorm: 1)
    optimizer.excludeFromWeightDecay(names: ["bias"])
    #expect(optimizer.learningRate == 0.001)
  }

  @Test func rmsprop() {
    let optimizer = RMSprop(learningRate: 0.001, rho: 0.9, momentum: 0.9)
    #expect(optimizer.learningRate == 0.001)
  }

  @Test func cosineDecay() {
    let schedule = CosineDecay(initialLearningRate: 0.1, decaySteps: 1000)
    let rates = [0, 500, 1000].map { schedule($0) }  // 0.1, 0.05, 0
    let optimizer = SGD(learningRate: schedule, momentum: 0.9)
    #expect(abs(rates[0] - 0.1) < 1e-6 && abs(rates[1] - 0.05) < 1e-6 && rates[2] < 1e-6)
    #expect(abs(optimizer.learningRate - 0.1) < 1e-6)
  }

  @Test func exponentialDecay() {
    let schedule = ExponentialDecay(
      initialLearningRate: 0.1, decaySteps: 1000, decayRate: 0.5, staircase: true)
    let rates = [999, 1000, 2000].map { schedule($0) }  // 0.1, 0.05, 0.025
    #expect(zip(rates, [0.1, 0.05, 0.025]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func piecewiseConstantDecay() {
    let schedule = PiecewiseConstantDecay(boundaries: [1000, 2000], values: [0.1, 0.01, 0.001])
    let rates = [1000, 1001, 2001].map { schedule($0) }  // 0.1, 0.01, 0.001
    #expect(rates == [0.1, 0.01, 0.001])
  }
}
