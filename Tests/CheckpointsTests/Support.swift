import Checkpoints
import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// A model of several kinds of layers, with two random number generators.
func makeModel(seed: UInt64) -> Sequential {
  let model = Sequential([
    Conv2D(3, 3, activation: .relu), MaxPooling2D(), Dropout(0.25), Flatten(),
    Dense(8, useBias: false), Activation(.tanh), Dropout(0.5), Dense(4),
  ])
  model.seed = seed
  model.build(inputShape: [8, 8, 1])
  return model
}

/// A registered optimizer with options that give it other slots or other steps.
struct OptimizerForm: Sendable, CustomTestStringConvertible {
  let className: String
  let options: JSON.Object

  var testDescription: String {
    ([className] + options.keys.sorted()).joined(separator: " ")
  }

  func make() throws -> Optimizer {
    let config = options.merging(["learning_rate": .number(0.01 as Double)]) { $1 }
    return try Optimizer.make(
      kerasConfig: .object(["class_name": .string(className), "config": .object(config)]))
  }
}

/// Every registered optimizer in each of its forms.
let optimizers: [OptimizerForm] =
  KerasRegistry.optimizers.flatMap { type in
    ([[:]] + type.optionsOfSlots).map {
      OptimizerForm(className: type.className, options: $0)
    }
  } + [
    OptimizerForm(
      className: "SGD", options: ["momentum": .number(0.8 as Double), "nesterov": .bool(true)])
  ]

/// A small model of the shape that most files in `Fixtures/forms` have.
func makeSmall() -> Sequential {
  let model = Sequential([
    Conv2D(2, 3, activation: .relu), Flatten(), Dense(3, activation: .relu), Dense(2),
  ])
  model.build(inputShape: [6, 6, 1])
  return model
}

/// Saves a model of one large layer and an optimizer that has not taken a step.
func saveLarge(
  units: Int, inputs: Int, in directory: String
) throws -> (path: String, model: Sequential, optimizer: Optimizer) {
  let path = "\(directory)/c.h5"
  let (model, optimizer) = (Sequential([Dense(units)]), Adam())
  model.build(inputShape: [inputs])
  optimizer.build(for: model.trainableVariables)
  try Checkpoint(model: model, optimizer: optimizer, state: state(of: model, step: 1))
    .save(to: path)
  return (path, model, optimizer)
}

/// Trains on batches that depend on their number alone.
func train(_ model: Model, _ optimizer: Optimizer, steps: Range<Int>) {
  for step in steps {
    var random = RandomStream(seed: 99, stream: UInt32(step))
    let images = Tensor((0..<6 * 64).map { _ in random.uniform(in: 0..<1) }, shape: [6, 8, 8, 1])
    let labels = Tensor((0..<6).map { _ in Float(random.integer(below: 4)) })
    let loss = withGradientTape {
      SparseCategoricalCrossentropy(fromLogits: true)(labels, model(images, training: true))
    }
    optimizer.apply(loss.gradients(), to: model.trainableVariables)
  }
}

/// All that a step of training depends on and changes, as bits.
struct Bits: Equatable, CustomTestStringConvertible {
  let weights: [[UInt32]]
  let slots: [[UInt32]]
  let iterations: Int
  let learningRate: UInt32
  let generators: [UInt64]

  /// A test that fails does not print thousands of numbers.
  var testDescription: String { "\(iterations) steps, weights \(weights.hashValue)" }

  init(_ model: Model, _ optimizer: Optimizer) {
    weights = model.variables.map { $0.value.scalars.map(\.bitPattern) }
    slots = optimizer.slotsInKerasOrder.map { $0.value.scalars.map(\.bitPattern) }
    iterations = optimizer.iterations
    learningRate = optimizer.learningRate.bitPattern
    generators = model.seedGenerators.flatMap { [$0.seed, $0.counter] }
  }
}

/// The state of a run with nothing but the generators of the model.
func state(of model: Model, step: Int = 0) -> TrainingState {
  var state = TrainingState(seed: 1, dataDigest: "", settings: [:])
  state.globalStep = step
  state.layerSeeds = model.seedGenerators.map { .init(seed: $0.seed, counter: $0.counter) }
  return state
}

/// What the error that `body` throws says, or that there was none.
func message<Result: ~Copyable>(_ body: () throws -> Result) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// Writes an HDF5 file.
func writeFile(
  to path: String, _ body: (borrowing GroupWriter) throws(HDF5Error) -> Void
) throws {
  let writer = try File.create()
  try body(writer.root)
  let image = try writer.finish()
  try unsafe writeBytes(image.withUnsafeBytes { unsafe Array($0) }, to: path)
}

/// What Keras computed for some models, in a file of the fixtures.
struct ExpectedValues: ~Copyable {
  private let file: File

  /// Opens `expected.h5` in a folder of the fixtures.
  init(of folder: String) throws { file = try File.open(fixture("\(folder)/expected.h5")) }

  func tensor(_ path: String) throws -> Tensor {
    let dataset = try file.dataset(at: path)
    return Tensor(try dataset.read(as: Float.self), shape: Shape(dataset.shape))
  }

  /// Expects the weights of a model to be those that are called `name`, to the bit.
  func expectWeights(
    _ model: Model, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (index, variable) in model.variables.enumerated() {
      #expect(
        try tensor("\(name)/w/\(index)").scalars == variable.value.scalars,
        sourceLocation: sourceLocation)
    }
    #expect(
      try file.group(at: "\(name)/w").members.count == model.variables.count,
      sourceLocation: sourceLocation)
  }
}
