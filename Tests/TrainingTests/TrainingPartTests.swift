import Checkpoints
import Datasets
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

@Suite("Runs of several models")
struct TrainingPartTests {
  /// A small GAN: a generator, and a discriminator with an optimizer of its own.
  private final class Adversaries {
    var units = 6
    var rate: Float = 0.02
    var limit = Int.max
    let path: String

    init(_ path: String) { self.path = path }

    struct Left: Error {}

    /// Trains and returns the bits of all variables.
    func train() throws -> [[UInt32]] {
      let generator = Sequential([Dense(8, activation: .relu), Dense(4)])
      let discriminator = Sequential([Dense(units, activation: .relu), Dropout(0.2), Dense(1)])
      (generator.seed, discriminator.seed) = (1, 2)
      let generatorOptimizer = Adam(learningRate: 0.01)
      let discriminatorOptimizer = SGD(learningRate: rate, momentum: 0.9)
      let crossEntropy = BinaryCrossentropy(fromLogits: true)
      let real = Tensor((0..<48).map { Float($0 % 5) / 5 }, shape: [12, 4])
      let batches = Dataset(images: real, labels: Tensor(zeros: [12]))
        .shuffle(bufferSize: 12, seed: 1).batch(4)
      let run = try TrainingRun(
        generator, generatorOptimizer, batches,
        parts: ["discriminator": TrainingPart(discriminator, discriminatorOptimizer)],
        saveTo: path, policy: SavePolicy(every: .steps(1), keep: 0))
      while try run.nextEpoch(of: 4) != nil {
        while let (real, _) = try run.nextBatch() {
          if run.step == limit { throw Left() }
          var random = RandomStream(seed: 7, stream: UInt32(run.step))
          let noise = Tensor((0..<12).map { _ in random.uniform(in: -1..<1) }, shape: [4, 3])
          let (zeros, ones) = (Tensor(zeros: [4, 1]), Tensor(repeating: 1, shape: [4, 1]))
          let fake = generator(noise, training: false)
          let discriminatorLoss = withGradientTape {
            crossEntropy(ones, discriminator(real, training: true))
              + crossEntropy(zeros, discriminator(fake, training: true))
          }
          discriminatorOptimizer.apply(
            discriminatorLoss.gradients(), to: discriminator.trainableVariables)
          // The generator learns every second time only.
          guard run.step.isMultiple(of: 2) else { continue }
          let generatorLoss = withGradientTape {
            crossEntropy(ones, discriminator(generator(noise, training: true), training: true))
          }
          generatorOptimizer.apply(generatorLoss.gradients(), to: generator.trainableVariables)
        }
      }
      let slots = [generatorOptimizer, discriminatorOptimizer].flatMap(\.slotsInKerasOrder)
      return (generator.variables + discriminator.variables + slots).map {
        $0.value.scalars.map(\.bitPattern)
      } + [[UInt32(generatorOptimizer.iterations), UInt32(discriminatorOptimizer.iterations)]]
    }
  }

  @Test("A run of two models that is left at any step ends with the same bits")
  func exact() throws {
    try withTemporaryDirectory { directory in
      let whole = try Adversaries("\(directory)/whole.h5").train()
      #expect(whole.last == [6, 12])
      for limit in 1..<12 {
        let adversaries = Adversaries("\(directory)/\(limit).h5")
        adversaries.limit = limit
        #expect(throws: Adversaries.Left.self) { try adversaries.train() }
        adversaries.limit = .max
        #expect(try adversaries.train() == whole, "left at \(limit)")
      }
      let file = try CheckpointFile(opening: "\(directory)/whole.h5")
      #expect(file.contradictions().isEmpty)
      #expect(try file.optimizerSteps() == 6)
    }
  }

  @Test("Another model or optimizer of a part is refused, and so are damaged parts")
  func refused() throws {
    try withTemporaryDirectory { directory in
      let adversaries = Adversaries("\(directory)/c.h5")
      _ = try adversaries.train()
      let other = Adversaries(adversaries.path)
      other.units = 7
      #expect { try other.train() } throws: {
        "\($0)".contains("'/training_state/parts/discriminator/layers' has 'Dense ")
      }
      other.units = 6
      other.rate = 0.5
      #expect { try other.train() } throws: {
        "\($0)".contains("parts.discriminator.optimizer_options.learning_rate")
      }
    }
  }
}
