import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Optimizers and schedules compute what real Keras computes.
@Suite("Optimizers like Keras's")
struct OptimizerTests {
  static let steps = (try? Golden("optimizers.h5").names(in: "optimizers")) ?? []
  static let schedules = (try? Golden("optimizers.h5").names(in: "schedules")) ?? []
  static let resumed =
    (try? jsonFixture("optimizers/compile_configs.json"))?.object?.keys.sorted() ?? []

  @Test("There are cases of every kind")
  func fixtureIsComplete() {
    #expect(Self.resumed.count == 20)
    #expect(Self.steps.count == 32)
    #expect(Self.schedules.count == 15)
  }

  @Test("A run of Keras resumes as in Keras, from either config", arguments: resumed)
  func resumes(name: String) throws {
    let golden = try Golden("optimizers/\(name).h5")
    let configs = try #require(try jsonFixture("optimizers/compile_configs.json")[name])
    for form in ["compile_config", "training_config"] {
      let compilation = try CompileConfig(kerasConfig: try #require(configs[form]))
      let (optimizer, loss) = try (
        #require(compilation.optimizer), #require(compilation.loss)
      )
      let model = Sequential([Flatten(), Dense(5, activation: .relu), Dense(10)])
      model.build(inputShape: [4, 4, 1])
      for (variable, value) in zip(model.variables, try golden.tensors(in: "w_step3")) {
        variable.value = value
      }
      optimizer.build(for: model.trainableVariables)
      try load(try golden.tensors(in: "opt_step3"), into: optimizer)

      let (x, y) = (try golden.tensor("x"), try golden.tensor("y"))
      for step in 3..<6 {
        let images = x[rows: step..<step + 1].reshaped(Shape(x.shape.dropFirst()))
        let labels = y[rows: step..<step + 1].reshaped([images.shape[0]])
        let value = withGradientTape { loss(labels, model(images, training: true)) }
        optimizer.apply(value.gradients(), to: model.trainableVariables)
      }
      for (variable, expected) in zip(model.variables, try golden.tensors(in: "w_step6")) {
        #expect(largestDifference(variable.value, expected) <= 3e-6)
      }
      try expect(optimizer, is: try golden.tensors(in: "opt_step6"), within: 3e-6)
    }
  }

  @Test("Each step agrees with Keras, with all options and their state", arguments: steps)
  func takesSteps(name: String) throws {
    let golden = try Golden("optimizers.h5")
    let group = "optimizers/\(name)"
    let optimizer = try Optimizer.make(kerasConfig: try golden.json("config", of: group))
    let shapes: [Shape] = [[3, 4], [4]]
    let variables = zip(
      ["kernel", "bias"], try golden.tensor("\(group)/initial").scalars.split(into: shapes)
    ).map { Variable($1, name: $0) }
    if let excluded = try golden.string("excluded", of: group) {
      optimizer.excludeFromWeightDecay(names: [excluded])
    }
    optimizer.build(for: variables)
    let paths = try golden.json("variable_names", of: group).array ?? []
    let names = optimizer.slotsInKerasOrder.map(\.name)
    #expect(paths.count == names.count + (optimizer.hasLearningRateVariable ? 2 : 1))
    for (path, name) in zip(paths.suffix(names.count), names) {
      #expect(path.string?.contains(name == "u_product" ? "variable" : "_" + name) == true)
    }

    let gradients = try golden.tensor("\(group)/gradients")
    let (weights, states) = (
      try golden.tensor("\(group)/weights"), try golden.tensor("\(group)/states")
    )
    let head = [Shape](repeating: [], count: optimizer.hasLearningRateVariable ? 2 : 1)
    let stateShapes = head + optimizer.slotsInKerasOrder.map(\.shape)
    #expect(gradients.shape[0] == 7)
    for step in 0..<gradients.shape[0] {
      func row(_ x: Tensor) -> [Float] { x[rows: step..<step + 1].scalars }
      let product = withGradientTape {
        zip(variables, row(gradients).split(into: shapes)).map { ($0.value * $1).sum() }
          .reduce(Tensor(0), +)
      }
      optimizer.apply(product.gradients(), to: variables)
      for (variable, expected) in zip(variables, row(weights).split(into: shapes)) {
        #expect(
          relativeDifference(variable.value.scalars, expected.scalars) <= 1e-6, "step \(step)")
      }
      #expect(row(states).count == stateShapes.map(\.elementCount).reduce(0, +))
      try expect(optimizer, is: row(states).split(into: stateShapes), within: 2e-6)
    }
    optimizer.finalizeVariableValues()
    let final = try golden.tensor("\(group)/final").scalars.split(into: shapes)
    for (variable, expected) in zip(variables, final) {
      #expect(relativeDifference(variable.value.scalars, expected.scalars) <= 1e-6)
    }
  }

  @Test("A schedule gives the learning rates of Keras", arguments: schedules)
  func schedule(name: String) throws {
    let golden = try Golden("optimizers.h5")
    let config = try golden.json("config", of: "schedules/\(name)")
    let optimizer = try Optimizer.make(
      kerasConfig: .object([
        "class_name": .string("SGD"), "config": .object(["learning_rate": config]),
      ]))
    #expect(!optimizer.hasLearningRateVariable)
    let rates = try golden.tensor("schedules/\(name)/rates").scalars
    for (step, rate) in zip(try golden.tensor("schedules/\(name)/steps").scalars, rates) {
      optimizer.iterations = Int(step)
      #expect(abs(optimizer.learningRate - rate) <= 2e-7 + 1e-6 * abs(rate), "step \(step)")
    }
    let again = try Optimizer.make(kerasConfig: serialized(optimizer))
    optimizer.iterations = 17
    again.iterations = 17
    #expect(again.learningRate == optimizer.learningRate)
    #expect(again.config == optimizer.config)
  }

  @Test("Powers, logarithms and cosines of schedules are exact to single precision")
  func elementary() {
    // From Python, in double precision from the float nearest to 0.9, then rounded: 0.9 ** 2.5.
    let schedule = ExponentialDecay(initialLearningRate: 1, decaySteps: 2, decayRate: 0.9)
    #expect(schedule(5) == 0.7684334)
    #expect(ExponentialDecay(initialLearningRate: 1, decaySteps: 1, decayRate: 0.5)(3) == 0.125)
    #expect(PolynomialDecay(initialLearningRate: 1, decaySteps: 1, endLearningRate: 0)(5) == 0)
  }

  @Test("A learning rate is a number of any type, or a schedule")
  func learningRates() {
    let rate: Float = 0.25
    let decay = PolynomialDecay(initialLearningRate: 0.5, decaySteps: 2, endLearningRate: 0)
    #expect(Adam(learningRate: 0.001, clipnorm: 1).learningRate == 0.001)
    #expect(SGD(learningRate: rate).learningRate == rate)
    #expect(Adagrad(learningRate: 1).learningRate == 1)
    let scheduled = RMSprop(learningRate: decay, momentum: 0.5, weightDecay: 0.1)
    #expect(scheduled.learningRate == 0.5)
    scheduled.iterations = 1
    #expect(scheduled.learningRate == 0.25)
    #expect(!scheduled.hasLearningRateVariable)
    #expect(scheduled.options.weightDecay == 0.1)
    #expect(Nadam(name: "mine").config["name"] == .string("mine"))
  }

  @Test("At the end of fit, the weights are the moving averages")
  func fitFinalizes() {
    let model = Sequential([Dense(1)])
    model.seed = 1
    let optimizer = SGD(learningRate: 0.1, useEMA: true, emaMomentum: 0.5)
    model.compile(optimizer: optimizer, loss: MeanSquaredError())
    model.fit([(Tensor([1, 2], shape: [2, 1]), Tensor([3, 5], shape: [2, 1]))], epochs: 3)
    #expect(model.trainableVariables.map(\.value) == optimizer.averages.map(\.value))
  }

  @Test("`false` as weight decay, as tf_keras writes it, means none")
  func falseWeightDecay() throws {
    for (name, decay) in [("Adam", nil), ("AdamW", 0.0)] {
      let json = JSON.object([
        "class_name": .string(name), "config": .object(["weight_decay": .bool(false)]),
      ])
      #expect(try Optimizer.make(kerasConfig: json).options.weightDecay == decay)
    }
  }

  @Test("Unsupported optimizers and options are refused by name")
  func refusals() throws {
    func schedule(_ text: String) -> String {
      #"{"class_name":"SGD","config":{"learning_rate":\#(text)}}"#
    }
    let cases: [(String, String)] = [
      (
        #"{"class_name":"Ftrl","config":{}}"#,
        "'Ftrl' is not supported; these are: Adadelta, Adagrad"
      ),
      (#"{"class_name":"Adam","config":{"loss_scale_factor":2}}"#, "'loss_scale_factor'"),
      (#"{"class_name":"Adam","config":{"beta_1":"x"}}"#, "'beta_1'"),
      (#"{"class_name":"Adam","config":{"beta_1":1.5}}"#, "'beta_1'"),
      (#"{"class_name":"Adam","config":{"decay":-0.1}}"#, "'decay'"),
      (#"{"class_name":"Adam","config":{"amsgrad":2}}"#, "'amsgrad'"),
      (#"{"class_name":"Nadam","config":{"schedule_decay":0.004}}"#, "in Keras before 2.11"),
      (#"{"class_name":"Nadam","config":{"decay":0.004}}"#, "in Keras before 2.11"),
      (#"{"class_name":"Adam","config":{"learning_rate":1e-40}}"#, "'learning_rate'"),
      (#"{"class_name":"Adam","config":{"learning_rate":-1}}"#, "'learning_rate'"),
      (#"{"class_name":"Adam","config":{"learning_rate":1e300}}"#, "'learning_rate'"),
      (#"{"class_name":"Adam","config":{"clipnorm":1,"clipvalue":1}}"#, "'clipvalue'"),
      (#"{"class_name":"Adam","config":{"gradient_accumulation_steps":1}}"#, "less than 2"),
      (#"{"class_name":"Adam","config":{"gradient_accumulation_steps":2.5}}"#, "whole number"),
      (
        #"{"class_name":"Adam","config":{"use_ema":true,"ema_overwrite_frequency":0}}"#,
        "'ema_overwrite_frequency'"
      ),
      (#"{"class_name":"AdamW","config":{"weight_decay":null}}"#, "'weight_decay'"),
      (
        #"{"class_name":"Adam","config":{"unheard_of":1}}"#,
        "'unheard_of' of the optimizer Adam is 1"
      ),
      (
        #"{"class_name":"Custom>Adam","config":{"use_ema":true,"is_legacy_optimizer":false}}"#,
        "'use_ema'"
      ),
      (#"{"class_name":"LossScaleOptimizer","config":{}}"#, "'LossScaleOptimizer'"),
      (#"{"config":{}}"#, "no name"), ("3", "no name"),
      (
        schedule(#"{"class_name":"Noam","config":{}}"#), "'Noam' is not supported"
      ),
      (
        schedule(#"{"class_name":"CosineDecay","config":{"initial_learning_rate":1}}"#),
        "'decay_steps' of the learning-rate schedule CosineDecay is missing"
      ),
      (
        schedule(
          #"""
          {"class_name":"PiecewiseConstantDecay",
           "config":{"boundaries":[3,2],"values":[1,2,3]}}
          """#), "'boundaries'"
      ),
    ]
    for (text, part) in cases {
      let error = #expect(throws: KerasError.self) {
        try Optimizer.make(kerasConfig: JSON(parsing: text))
      }
      #expect(error?.description.contains(part) == true, "\(text): \(error?.description ?? "")")
    }
  }

  @Test("Vanishing moments become 0, and never subnormal numbers, which would slow steps down")
  func slotsFade() throws {
    let rates = ["beta_1", "beta_2", "momentum", "rho"]
    let optimizers = try optimizerConfigs().map { json in
      let optimizer = try Optimizer.make(kerasConfig: json)
      // Moments that halve at each step vanish soon.
      let config = optimizer.config.map { key, value -> JSON.Object.Element in
        (key, rates.contains(key) && value.number != 0 ? JSON.number(0.5 as Double) : value)
      }
      return try Optimizer.make(
        kerasConfig: .object([
          "class_name": .string(type(of: optimizer).className),
          "config": .object(JSON.Object(config)),
        ]))
    }
    // Sums and maxima stay, and are all that some forms have.
    let lasting = ["accumulator", "velocity_hat"]
    let count = 37
    let gradient = Tensor((0..<count).map { Float($0 - 18) / 7 }, shape: [count])
    let none = Tensor([Float](repeating: 0, count: count), shape: [count])
    for optimizer in optimizers {
      let w = Variable(gradient, name: "w")
      for step in 0..<200 {
        let loss = withGradientTape { (w.value * (step < 3 ? gradient : none)).sum() }
        optimizer.apply(loss.gradients(), to: [w])
        for slot in optimizer.slots.joined() where slot.shape == w.shape {
          #expect(
            slot.value.scalars.allSatisfy { $0 == 0 || abs($0) >= 0x1p-100 },
            "\(optimizer.config) after step \(step)")
        }
      }
      let fading = optimizer.slots.joined().filter {
        !lasting.contains($0.name) && $0.shape == w.shape
      }
      #expect(!fading.isEmpty || optimizer is Adagrad || (optimizer as? SGD)?.momentum == 0)
      for slot in fading {
        #expect(slot.value.scalars.allSatisfy { $0 == 0 }, "\(slot.name) of \(optimizer.config)")
      }
    }
  }

  @Test("Names, and the options of old files, are understood")
  func spellings() throws {
    for (text, className) in [
      (#""adam""#, "Adam"), (#""RMSprop""#, "RMSprop"), (#""sgd""#, "SGD"), (#""adamw""#, "AdamW"),
      (#"{"class_name":"adam"}"#, "Adam"), (#"{"class_name":"Custom>Nadam","config":{}}"#, "Nadam"),
    ] {
      let optimizer = try Optimizer.make(kerasConfig: JSON(parsing: text))
      #expect(type(of: optimizer).className == className)
    }
    let old = try Optimizer.make(
      kerasConfig: JSON(
        parsing: #"{"class_name":"Adam","config":{"lr":0.002,"decay":0.0,"epsilon":null}}"#))
    #expect(old.learningRate == 0.002)
    #expect((old as? Adam)?.epsilon == 1e-7)
  }
}

/// The configuration with its class, as Keras writes it.
func serialized(_ optimizer: Optimizer) -> JSON {
  .object([
    "class_name": .string(type(of: optimizer).className), "config": .object(optimizer.config),
  ])
}

extension [Float] {
  /// Tensors of these shapes whose elements stand one after another.
  fileprivate func split(into shapes: [Shape]) -> [Tensor] {
    var rest = self[...]
    return shapes.map { shape in
      defer { rest = rest.dropFirst(shape.elementCount) }
      return Tensor(rest.prefix(shape.elementCount), shape: shape)
    }
  }
}

/// Gives an optimizer the state that Keras's has, in Keras's order.
private func load(_ state: [Tensor], into optimizer: Optimizer) throws {
  let head = optimizer.hasLearningRateVariable ? 2 : 1
  #expect(state.count == optimizer.slotsInKerasOrder.count + head)
  optimizer.iterations = Int(state[0].scalar)
  if head == 2 { optimizer.learningRate = state[1].scalar }
  for (slot, value) in zip(optimizer.slotsInKerasOrder, state.dropFirst(head)) {
    #expect(slot.shape == value.shape)
    slot.value = value
  }
}

/// Compares the state of an optimizer with that of Keras's.
private func expect(
  _ optimizer: Optimizer, is state: [Tensor], within tolerance: Float,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let head = optimizer.hasLearningRateVariable ? 2 : 1
  #expect(
    state.count == optimizer.slotsInKerasOrder.count + head, sourceLocation: sourceLocation)
  #expect(Float(optimizer.iterations) == state[0].scalar, sourceLocation: sourceLocation)
  if head == 2 {
    #expect(optimizer.learningRate == state[1].scalar, sourceLocation: sourceLocation)
  }
  for (slot, expected) in zip(optimizer.slotsInKerasOrder, state.dropFirst(head)) {
    #expect(slot.shape == expected.shape, sourceLocation: sourceLocation)
    #expect(
      largestDifference(slot.value, expected) <= tolerance, "\(slot.name)",
      sourceLocation: sourceLocation)
  }
}

private func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
  zip(a.scalars, b.scalars).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
}
