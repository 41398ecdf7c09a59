import CheckpointStore
import Checkpoints
import Datasets
import Glibc
import JSON
import NeuralNetwork
import Tensors

/// Measures what saving costs a training of the quickstart model: how long the training waits, how
/// much it is slowed down besides, and after which time a checkpoint is on the disk.
///
/// Stretches of 100 steps with a save at their beginning and without one take turns.
struct Saves {
  private static let stretch = 100

  private let model = QuickstartModel()
  private let optimizer = Adam()
  private let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  private let saver: CheckpointSaver
  private var batches: Dataset.Iterator

  init(dataDirectory: String, folder: String) throws {
    let data = try MNIST.load(from: dataDirectory)
    batches = Dataset(data.train).shuffle(bufferSize: 10_000, seed: 0).repeat().batch(32)
      .prefetch(2).makeIterator()
    saver = CheckpointSaver(to: CheckpointStore(path: "\(folder)/ckpt.h5", keep: 3))
  }

  mutating func run(count: Int) throws {
    try train(steps: Saves.stretch)
    var waits: [Double] = []
    var durations: [Double] = []
    var (with, without): ([Double], [Double]) = ([], [])
    // The first save takes memory that the others use again.
    for number in 0...count {
      let start = ContinuousClock.now
      try saver.begin(checkpoint(number))
      let wait = (ContinuousClock.now - start) / .milliseconds(1)
      try train(steps: Saves.stretch)
      let end = ContinuousClock.now
      saver.wait()
      for outcome in saver.takeOutcomes() {
        if let failure = outcome.failure { throw failure }
        if number > 0 { durations.append(outcome.seconds * 1000) }
      }
      let quiet = ContinuousClock.now
      try train(steps: Saves.stretch)
      guard number > 0 else { continue }
      waits.append(wait)
      with.append((end - start) / .milliseconds(1))
      without.append((ContinuousClock.now - quiet) / .milliseconds(1))
    }
    print("\(count) saves, one in \(Saves.stretch) steps")
    show("training waits", waits)
    show("on the disk after", durations)
    let slowdown = zip(with, without).map { $0 - $1 }
    show("100 steps take longer by", slowdown)
    show("100 steps without a save", without)
  }

  private func checkpoint(_ number: Int) -> Checkpoint {
    var state = TrainingState(seed: 0, dataDigest: "", settings: [:])
    state.globalStep = number
    return Checkpoint(model: model, optimizer: optimizer, loss: crossEntropy, state: state)
  }

  private mutating func train(steps: Int) throws {
    for _ in 0..<steps {
      guard let (images, labels) = batches.next() else { return }
      let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
      optimizer.apply(loss.gradients(), to: model.trainableVariables)
    }
  }

  private func show(_ name: String, _ milliseconds: [Double]) {
    let sorted = milliseconds.sorted()
    func quantile(_ share: Double) -> String {
      let value = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
      return "\((value * 100).rounded() / 100) ms"
    }
    print("  \(name): median \(quantile(0.5)), 99 % \(quantile(0.99)), most \(quantile(1))")
  }
}
