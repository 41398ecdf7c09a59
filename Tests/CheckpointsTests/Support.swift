import Checkpoints
import HDF5
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// A model of layers of every class, with two random number generators.
func makeModel(seed: UInt64) -> Sequential {
  let model = Sequential([
    Conv2D(3, 3, activation: .relu), MaxPooling2D(), Dropout(0.25), Flatten(),
    Dense(8, useBias: false), Activation(.tanh), Dropout(0.5), Dense(4),
  ])
  model.seed = seed
  model.build(inputShape: [8, 8, 1])
  return model
}

/// Optimizers of every class and form, by name.
let optimizers: [(name: String, make: @Sendable () -> Optimizer)] = [
  ("sgd", { SGD(learningRate: 0.02) }),
  ("momentum", { SGD(learningRate: 0.02, momentum: 0.9) }),
  ("nesterov", { SGD(learningRate: 0.02, momentum: 0.8, nesterov: true) }),
  ("rmsprop", { RMSprop(learningRate: 0.01) }),
  ("rmsprop with momentum", { RMSprop(learningRate: 0.01, momentum: 0.9) }),
  ("centered rmsprop", { RMSprop(learningRate: 0.01, centered: true) }),
  (
    "centered rmsprop with momentum",
    { RMSprop(learningRate: 0.01, momentum: 0.9, centered: true) }
  ),
  ("adam", { Adam(learningRate: 0.01) }),
  ("amsgrad", { Adam(learningRate: 0.01, amsgrad: true) }),
]

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
  try writeBytes(image.withUnsafeBytes { Array($0) }, to: path)
}
