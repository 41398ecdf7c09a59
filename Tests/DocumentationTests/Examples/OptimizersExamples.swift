import Cairn
import Testing

/// The examples in the comments of optimizers, schedules, regularizers and constraints.
@Suite("Examples of optimizers and schedules")
struct OptimizersExamples {
  private func isClose(_ values: [Float], _ expected: [Float]) -> Bool {
    zip(values, expected).allSatisfy { abs($0 - $1) < 1e-4 }
  }

  @Test func adadelta() {
    let weight = Variable([1], name: "weight")
    let optimizer = Adadelta(learningRate: 1, rho: 0.95)
    let loss = withGradientTape { weight.value.square().sum() }
    optimizer.apply(loss.gradients(), to: [weight])  // first steps are tiny: 1 - 0.0014
    #expect(abs(weight.value[0] - 0.9986) < 1e-4)
  }

  @Test func adagrad() {
    let weight = Variable([1], name: "weight")
    let optimizer = Adagrad(learningRate: 0.1)
    let loss = withGradientTape { weight.value.square().sum() }
    optimizer.apply(loss.gradients(), to: [weight])  // 1 - 0.1 · 2 / √(0.1 + 2²) = 0.901
    #expect(abs(weight.value[0] - 0.90123) < 1e-4)
  }

  @Test func adamax() {
    let weight = Variable([1], name: "weight")
    let optimizer = Adamax(learningRate: 0.1)
    let loss = withGradientTape { weight.value.square().sum() }
    optimizer.apply(loss.gradients(), to: [weight])  // the first step is the learning rate: 0.9
    #expect(abs(weight.value[0] - 0.9) < 1e-5)
  }

  @Test func nadam() {
    let (images, labels) = (Tensor(zeros: [4, 8]), Tensor(zeros: [4]))

    let model = Sequential([Dense(3)])
    model.compile(
      optimizer: Nadam(learningRate: 0.002),
      loss: SparseCategoricalCrossentropy(fromLogits: true), metrics: [])
    let history = model.fit(images, labels, epochs: 3)
    #expect(history.history["loss"]?.count == 3)
  }

  /// Gradient descent with the sign of a running mean.
  final class Lion: Optimizer {
    init(learningRate: any LearningRate = 1e-4) { super.init(learningRate: learningRate) }
    override var slotGroups: [[String]] { [["momentum"]] }

    override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
      let mean = slots[0].value
      variable.value = variable.value - (mean * 0.9 + gradient * 0.1).sign() * learningRate
      slots[0].value = mean * 0.99 + gradient * 0.01
    }
  }

  @Test func optimizer() {
    let weight = Variable([1], name: "weight")
    let optimizer = Lion(learningRate: 0.1)
    let loss = withGradientTape { weight.value.square().sum() }
    optimizer.apply(loss.gradients(), to: [weight])
    #expect(abs(weight.value[0] - 0.9) < 1e-6)
    #expect(abs(optimizer.slots[0][0].value[0] - 0.02) < 1e-6)
  }

  @Test func optimizerOptions() {
    let optimizer = Adam(learningRate: 0.001, weightDecay: 0.004, clipnorm: 1, useEMA: true)
    print(optimizer.options.clipnorm ?? 0, optimizer.options.emaMomentum)  // 1.0 0.99
    #expect(optimizer.options.clipnorm == 1 && optimizer.options.emaMomentum == 0.99)
  }

  @Test func learningRate() {
    let constant = Adam(learningRate: 1e-4)
    let falling = SGD(learningRate: CosineDecay(initialLearningRate: 0.1, decaySteps: 1000))
    #expect(constant.schedule == nil && falling.schedule != nil)
  }

  @Test func learningRateSchedule() {
    struct Warmup: LearningRateSchedule {
      let config: JSON.Object = [:]
      func callAsFunction(_ step: Int) -> Float { 0.1 * min(1, Float(step + 1) / 500) }
    }
    let rates = [0, 249, 499, 10_000].map { Warmup()($0) }  // 0.0002, 0.05, 0.1, 0.1
    let optimizer = SGD(learningRate: Warmup())
    #expect(isClose(rates, [0.0002, 0.05, 0.1, 0.1]) && optimizer.schedule is Warmup)
  }

  @Test func cosineDecayRestarts() {
    let schedule = CosineDecayRestarts(initialLearningRate: 0.1, firstDecaySteps: 100)
    let rates = [0, 50, 100, 200].map { schedule($0) }  // 0.1, 0.05, 0.1 again, 0.05
    #expect(isClose(rates, [0.1, 0.05, 0.1, 0.05]))
  }

  @Test func inverseTimeDecay() {
    let schedule = InverseTimeDecay(initialLearningRate: 0.1, decaySteps: 100, decayRate: 1)
    let rates = [0, 100, 300].map { schedule($0) }  // 0.1, 0.1 / 2, 0.1 / 4
    #expect(isClose(rates, [0.1, 0.05, 0.025]))
  }

  @Test func polynomialDecay() {
    let schedule = PolynomialDecay(
      initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0.02, power: 1)
    let rates = [0, 50, 100, 200].map { schedule($0) }  // 0.1, 0.06, 0.02, 0.02
    #expect(isClose(rates, [0.1, 0.06, 0.02, 0.02]))
  }

  @Test func regularizer() {
    let penalty = Regularizer.l2(0.01)([3, 4]).scalar  // 0.01 · (3² + 4²) = 0.25
    let layer = Dense(10)
    layer.setRegularizer(.l2(0.01), of: "kernel")
    #expect(abs(penalty - 0.25) < 1e-6)
    layer.build(inputShape: [4])
    #expect(layer.kernel.regularizer != nil)
  }

  @Test func constraint() {
    let kernel: Tensor = [[3, 1], [4, 1]]  // columns with the norms 5 and √2
    let limited = Constraint.maxNorm(2)(kernel)  // [[1.2, 1], [1.6, 1]]
    let layer = Dense(10)
    layer.setConstraint(.nonNegative, of: "kernel")
    #expect(isClose(limited.scalars, [1.2, 1, 1.6, 1]))
    layer.build(inputShape: [4])
    #expect(layer.kernel.constraint != nil)
  }
}
