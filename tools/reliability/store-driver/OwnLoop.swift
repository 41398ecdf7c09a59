import Datasets
import Glibc
import JSON
import NeuralNetwork
import Tensors
import Threads
import Training

/// A training loop that uses ``TrainingRun`` as the README does, with everything that has a state:
/// dropout, shuffling, Adam, metrics, and a value of its own.
enum OwnLoop {
  /// Trains, or resumes, and saves every third step.
  ///
  /// It says `resumed N` at the start, `step N` after each step and `finished N` in the end.
  ///
  /// - Parameters:
  ///   - path: The path of the checkpoint.
  ///   - epochs: The number of epochs, each of 7 steps.
  ///   - threads: The number of threads.
  ///   - pause: The time that each step takes at least, in milliseconds.
  ///   - say: Prints a line.
  /// - Throws: ``Training/TrainingError`` if the run cannot be resumed or saved.
  static func train(
    at path: String, epochs: Int, threads: Int, pause: Int, say: (String) -> Void
  ) throws {
    Threads.count = threads
    let model = Sequential([
      Conv2D(4, 3, activation: .relu), Flatten(), Dropout(0.3), Dense(16), BatchNormalization(),
      Dense(10),
    ])
    model.seed = 5
    let optimizer = Adam(learningRate: 0.01)
    let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
    let (loss, accuracy) = (Mean(name: "loss"), SparseCategoricalAccuracy())
    let run = try TrainingRun(
      model, optimizer, batches(), metrics: [loss, accuracy], loss: crossEntropy,
      settings: ["scale": .number(0.5)], saveTo: path, policy: SavePolicy(every: .steps(3)),
      signals: StopSignals())
    say("resumed \(run.step)")
    while let epoch = try run.nextEpoch(of: epochs) {
      while let (images, labels) = try run.nextBatch() {
        let (batchLoss, logits) = withGradientTape {
          let logits = model(images, training: true)
          return (crossEntropy(labels, logits) * 0.5, logits)
        }
        optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
        loss.update(batchLoss)
        accuracy.update(labels, logits)
        run.values["sum"] = .number((run.values["sum"]?.number ?? 0) + Double(batchLoss.scalar))
        usleep(UInt32(pause) * 1000)
        say("step \(run.step + 1)")
      }
      run.values["last"] = .string("epoch \(epoch)")
    }
    say("finished \(run.step)")
  }

  private static func batches() -> Dataset {
    let (count, side) = (50, 10)
    let pixels = (0..<count * side * side).map { index in
      UInt8(truncatingIfNeeded: UInt32(truncatingIfNeeded: index) &* 2_654_435_761 >> 24)
    }
    let images = Tensor(pixels.map { Float($0) / 255 }, shape: [count, side, side, 1])
    let labels = Tensor((0..<count).map { Float($0 % 10) }, shape: [count])
    return Dataset(images: images, labels: labels).shuffle(bufferSize: 20, seed: 3).batch(8)
      .prefetch(2)
  }
}
