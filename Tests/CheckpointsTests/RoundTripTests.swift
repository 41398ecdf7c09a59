import Checkpoints
import Glibc
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("A checkpoint that is read again")
struct RoundTripTests {
  @Test(
    "Training resumes from a file with the bits of a run that never stopped, with every optimizer",
    arguments: optimizers)
  func continued(form: OptimizerForm) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let (model, optimizer) = (makeModel(seed: 5), try form.make())
      train(model, optimizer, steps: 0..<5)
      optimizer.learningRate *= 0.7
      let saved = Bits(model, optimizer)
      try Checkpoint(model: model, optimizer: optimizer, state: state(of: model)).save(to: path)
      #expect(Bits(model, optimizer) == saved, "saving changes nothing")
      train(model, optimizer, steps: 5..<9)
      let expected = Bits(model, optimizer)

      // One that has never trained, and one that has gone elsewhere with everything.
      for stepsBefore in [0, 3] {
        let (other, otherOptimizer) = (makeModel(seed: 6), try form.make())
        train(other, otherOptimizer, steps: 20..<20 + stepsBefore)
        #expect(Bits(other, otherOptimizer).weights != saved.weights)
        _ = try CheckpointFile(opening: path).restore(other, otherOptimizer)
        #expect(Bits(other, otherOptimizer) == saved)
        train(other, otherOptimizer, steps: 5..<9)
        #expect(Bits(other, otherOptimizer) == expected)
      }
      #expect(saved.weights.count == 5)
      #expect(
        saved.generators[1] == 5 && saved.generators[3] == 5, "each Dropout was asked 5 times")
      #expect(saved.generators[0] != saved.generators[2])
      let slots = 5 * optimizer.slotNames.count + optimizer.makeSharedSlots().count
      #expect(saved.slots.count == slots)
      #expect(saved.slots.allSatisfy { slot in slot.contains { $0 != 0 } })
    }
  }

  @Test(
    "A run restored into a fresh model is saved as the same bytes", arguments: optimizers)
  func sameBytes(form: OptimizerForm) throws {
    try withTemporaryDirectory { directory in
      let (model, optimizer) = (makeModel(seed: 5), try form.make())
      let loss = SparseCategoricalCrossentropy(fromLogits: true)
      train(model, optimizer, steps: 0..<2)
      let checkpoint = Checkpoint(
        model: model, optimizer: optimizer, loss: loss, state: distinctState(of: model))
      try checkpoint.save(to: "\(directory)/1.h5")
      try checkpoint.save(to: "\(directory)/2.h5")
      let (other, otherOptimizer) = (makeModel(seed: 8), try form.make())
      let restored = try CheckpointFile(opening: "\(directory)/1.h5")
        .restore(other, otherOptimizer)
      try Checkpoint(model: other, optimizer: otherOptimizer, loss: loss, state: restored)
        .save(to: "\(directory)/3.h5")
      let bytes = try readBytes("\(directory)/1.h5")
      #expect(try isFile("\(directory)/2.h5", bytes))
      #expect(try isFile("\(directory)/3.h5", bytes))
    }
  }

  @Test("The optimizers have the number of slots that Keras's have, in every form")
  func slotCounts() throws {
    let counts = [
      "Adadelta": 2, "Adagrad": 1, "Adam": 2, "Adam amsgrad": 3, "AdamW": 2, "Adamax": 2,
      "Nadam": 2,
      "RMSprop": 1, "RMSprop momentum": 2, "RMSprop centered": 2,
      "RMSprop centered momentum": 3, "SGD": 0, "SGD momentum": 1, "SGD momentum nesterov": 1,
    ]
    let found = try optimizers.map { ($0.testDescription, try $0.make().slotNames.count) }
    for (name, count) in counts {
      #expect(found.first { $0.0 == name }?.1 == count, "\(name)")
    }
  }

  @Test("Every bit of a weight comes back: the largest, -0, subnormals")
  func bits() throws {
    try withTemporaryDirectory { directory in
      let patterns: [UInt32] = [
        0x7F7F_FFFF, 0xFF7F_FFFF, 0x0080_0000, 0x8000_0000, 1, 0x807F_FFFF, 0x3F80_0001, 0,
      ]
      let model = Sequential([Dense(8, useBias: false)])
      model.build(inputShape: [1])
      model.variables[0].value = Tensor(patterns.map(Float.init(bitPattern:)), shape: [1, 8])
      try Checkpoint(model: model).save(to: "\(directory)/c.h5")
      let loaded = try CheckpointFile(opening: "\(directory)/c.h5").loadModel()
      #expect(loaded.variables[0].value.scalars.map(\.bitPattern) == patterns)
      #expect(loaded.variables[0].shape == [1, 8])
    }
  }

  @Test("A model is created from its file alone, with layers, names and shapes")
  func loadModel() throws {
    try withTemporaryDirectory { directory in
      let model = makeModel(seed: 5)
      try Checkpoint(model: model).save(to: "\(directory)/c.h5")
      let loaded = try CheckpointFile(opening: "\(directory)/c.h5").loadModel()
      #expect(loaded.inputShape == [8, 8, 1])
      #expect(loaded.layers.map(\.name) == model.layers.map(\.name))
      #expect(loaded.layers.map { $0.config } == model.layers.map { $0.config })
      let image = Tensor((0..<64).map(Float.init), shape: [1, 8, 8, 1])
      #expect(loaded(image).scalars == model(image).scalars)
      #expect(try CheckpointFile(opening: "\(directory)/c.h5").trainingState() == nil)
    }
  }

  @Test("A model that is not a chain is saved without a config, and loads into its class")
  func branches() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let (model, optimizer) = (Branches(seed: 5), Adam())
      train(model, optimizer, steps: 0..<2)
      try Checkpoint(model: model, optimizer: optimizer, state: state(of: model)).save(to: path)
      let (other, otherOptimizer) = (Branches(seed: 6), Adam())
      _ = try CheckpointFile(opening: path).restore(other, otherOptimizer)
      #expect(Bits(other, otherOptimizer) == Bits(model, optimizer))
      #expect(
        message { try CheckpointFile(opening: path).loadModel() } == """
          Cannot use '\(path)': it has no model_config, so the model's layers are unknown
          """)
    }
  }

  @Test("Names of layers may be in any language")
  func names() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([Dense(2, name: "höhe"), Dense(3, name: "層")], name: "modèle")
      model.build(inputShape: [4])
      try Checkpoint(model: model).save(to: "\(directory)/c.h5")
      let loaded = try CheckpointFile(opening: "\(directory)/c.h5").loadModel()
      #expect(loaded.layers.map(\.name) == ["höhe", "層"])
      #expect(loaded.name == "modèle")
      #expect(loaded.variables[2].value.scalars == model.variables[2].value.scalars)
    }
  }

  @Test("Every field of the state of a run comes back")
  func everyField() throws {
    try withTemporaryDirectory { directory in
      let model = makeModel(seed: 5)
      let state = distinctState(of: model)
      try Checkpoint(model: model, optimizer: SGD(), state: state).save(to: "\(directory)/c.h5")
      let read = try #require(try CheckpointFile(opening: "\(directory)/c.h5").trainingState())
      #expect(read == state)
    }
  }

  /// A state of which no two fields are alike.
  private func distinctState(of model: Model) -> TrainingState {
    var state = TrainingState(
      seed: .max, dataDigest: "abcdef",
      settings: ["a": .integer(1), "b": .string("zwölf"), "c": .number(0.1 as Float), "d": .null])
    state.epoch = 3
    state.stepInEpoch = 4
    state.globalStep = 34
    state.layerSeeds = [.init(seed: 1 << 63, counter: 7), .init(seed: 9, counter: 1 << 40)]
    state.dataPosition = .init(iteration: 11, elements: 12)
    state.accumulators.lossTotal = 1.1
    state.accumulators.lossCount = 13
    state.accumulators.correct = 14
    state.accumulators.count = 15
    state.metrics = [
      "auc": ["hits": [1.5, -2], "none": []], "a b": ["total": [16]], "empty": [:],
    ]
    state.values = ["word": .string("größer"), "number": .number(0.1)]
    state.countedIterations = 36
    state.history = ["loss": [0.3, 0.2, 0.1], "accuracy": [1, 2, .leastNonzeroMagnitude]]
    state.epochSeconds = [4.5, 5.5]
    state.environment = ["host": "Ω", "threads": "2"]
    return state
  }
}

/// A model in which the input goes two ways.
private final class Branches: Model {
  let flatten = Flatten()
  let left = Dense(4)
  let right = Dense(4, activation: .tanh)

  init(seed: UInt64) {
    super.init()
    self.seed = seed
    build(inputShape: [8, 8, 1])
  }

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    let x = flatten(x)
    return left(x) + right(x)
  }
}
