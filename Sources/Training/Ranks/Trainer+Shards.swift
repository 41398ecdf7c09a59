import Checkpoints
import Datasets
import NeuralNetwork
import Ranks
import Tensors

/// Steps on batches that are divided into shards, each with a gradient of its own.
extension Trainer {
  /// The shards of each batch that this process computes.
  var ownShards: Range<Int> {
    // The settings may be those of a new run, while another one is resumed.
    guard settings.shards % communicator.size == 0 else { return 0..<settings.shards }
    let count = settings.shards / communicator.size
    return communicator.rank * count..<(communicator.rank + 1) * count
  }

  /// Checks that batches can be divided into the shards, and these among the processes.
  ///
  /// - Throws: ``TrainingError/recipe(_:)``.
  func checkShards() throws(TrainingError) {
    guard settings.shards <= settings.batchSize else {
      throw .recipe(.shards(settings.shards, batchSize: settings.batchSize))
    }
    guard settings.shards % communicator.size == 0 else {
      throw .recipe(.processes(communicator.size, shards: settings.shards))
    }
  }

  /// Creates the sum of the gradients, and of the moving averages that shards change.
  func makeGradientSum() -> GradientSum {
    let averages = model.layersInOrder.filter(\.isTrainable).flatMap(\.variables)
      .filter { !$0.isTrainable && !$0.isInteger }
    return GradientSum(
      of: model.trainableVariables, averages: averages, divided: dividedOptimizer?.divided ?? [],
      over: communicator)
  }

  /// Computes the gradients of the shards of this process, adds those of all processes and applies
  /// the sum.
  ///
  /// - Parameters:
  ///   - images: The images of this process's shards.
  ///   - labels: Their classes.
  ///   - sum: The sum of the gradients.
  /// - Throws: ``TrainingError`` if the loss is not finite, or another process cannot continue.
  func stepInShards(
    _ images: Tensor, _ labels: Tensor, _ sum: GradientSum
  ) throws(TrainingError) {
    let size = min(
      settings.batchSize, self.images.count - state.stepInEpoch * settings.batchSize)
    let first = Dataset.elements(ofParts: ownShards, of: settings.shards, size: size).lowerBound
    let sentBefore = communicator.sentBytes
    let counters = model.seedGenerators.map(\.counter)
    var message = RankMessage()
    sum.begin()
    for shard in ownShards {
      for (generator, counter) in zip(model.seedGenerators, counters) {
        generator.counter = counter &+ UInt64(shard) << streamBits
      }
      let part = Dataset.elements(ofParts: shard..<shard + 1, of: settings.shards, size: size)
      let weight = Float(part.count) / Float(size)
      guard !part.isEmpty else {
        sum.add(nil, weight: 0)
        message.words += [0, 0, 0]
        continue
      }
      let rows = part.lowerBound - first..<part.upperBound - first
      let x = images.slice(rows, axis: 0)
      let y = labels.slice(rows, axis: 0)
      let (loss, share, logits) = withGradientTape {
        let logits = model(x, training: true)
        let loss = trainingLoss(y, logits)
        return (loss, loss * weight, logits)
      }
      let correct = zip(y.scalars, logits.argmax()).count { $0 == Float($1) }
      message.words += [
        (Double(loss.scalar) * Double(part.count)).bitPattern, UInt64(correct), UInt64(part.count),
      ]
      if shard == ownShards.last {
        sum.addLast(gradientsOf: share, weight: weight)
      } else {
        sum.add(share.gradients(), weight: weight)
      }
    }
    for (generator, counter) in zip(model.seedGenerators, counters) {
      generator.counter = counter &+ UInt64(settings.shards) << streamBits
    }
    let words = try exchange(message).flatMap(\.words)
    do throws(TrainingError) { try update(words) } catch {
      // All processes have the same loss, and some have begun to exchange gradients.
      try among { () throws(RankError) in try sum.discard() }
      throw error
    }
    let gradients = try among { () throws(RankError) in try sum.finish() }
    if let dividedOptimizer {
      try among { () throws(RankError) in try dividedOptimizer.apply(gradients) }
    } else {
      optimizer.apply(gradients, to: model.trainableVariables)
    }
    sentBytesPerStep = communicator.sentBytes - sentBefore
  }

  /// Updates the metrics.
  ///
  /// - Parameter words: The sum of the losses, the number of correct predictions and that of the
  ///   examples, for each shard.
  /// - Throws: ``TrainingError/notFinite(step:saved:)``.
  private func update(_ words: [UInt64]) throws(TrainingError) {
    var losses: [Double] = []
    for index in stride(from: 0, to: words.count, by: 3) {
      losses.append(Double(bitPattern: words[index]))
      state.accumulators.correct += Int(words[index + 1])
      state.accumulators.count += Int(words[index + 2])
      state.accumulators.lossCount += Double(words[index + 2])
    }
    while losses.count > 1 {
      losses = stride(from: 0, to: losses.count, by: 2).map { losses[$0] + losses[$0 + 1] }
    }
    guard losses[0].isFinite else { throw saver.notFinite(step: state.globalStep + 1) }
    state.accumulators.lossTotal += losses[0]
  }
}

/// The number of bits that number the random streams of a layer in one shard of a step.
private let streamBits: UInt64 = 16
