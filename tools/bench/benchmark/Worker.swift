import Datasets
import Glibc
import NeuralNetwork
import Tensors

/// Takes orders from the driver as the workers of the other frameworks do: see `peers/worker.py`.
struct Worker {
  private let data: (train: ImageSet, test: ImageSet)
  private let model = QuickstartModel()
  private let optimizer = Adam()
  private let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  private var batches: [Int: Dataset.Iterator] = [:]

  init(dataDirectory: String) throws {
    data = try MNIST.load(from: dataDirectory)
    model.seed = 0
  }

  /// Works until there are no more orders.
  mutating func serve() throws {
    try Orders.serve { order, numbers in
      switch (order, numbers.count) {
      case ("train", 2): "\"loss\": \(try train(batchSize: numbers[0], steps: numbers[1]))"
      case ("evaluate", 1): "\"accuracy\": \(try evaluate(batchSize: numbers[0]))"
      case ("memory", 0): "\"peak_rss\": \(peakResidentSize())"
      default: nil
      }
    }
  }

  private mutating func train(batchSize: Int, steps: Int) throws -> Float {
    var iterator = try batches[batchSize] ?? pipeline(batchSize)
    var loss: Float = 0
    for _ in 0..<steps {
      guard let (images, labels) = iterator.next() else { break }
      let batchLoss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
      optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
      loss = batchLoss.scalar
    }
    batches[batchSize] = iterator
    return loss
  }

  private func pipeline(_ batchSize: Int) throws -> Dataset.Iterator {
    Dataset(data.train).shuffle(bufferSize: 10_000, seed: 0).repeat().batch(batchSize)
      .prefetch(2).makeIterator()
  }

  private func evaluate(batchSize: Int) throws -> Double {
    let accuracy = SparseCategoricalAccuracy()
    model.forEachPrediction(Dataset(data.test).batch(batchSize).prefetch(4)) {
      accuracy.update($1, $2)
      return true
    }
    return accuracy.result
  }
}

/// The most memory that the process has ever held, in bytes.
func peakResidentSize() -> Int {
  var usage = rusage()
  unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}
