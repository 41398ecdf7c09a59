import Datasets
import NeuralNetwork
import Ranks
import Tensors

extension Trainer {
  /// A batch of an evaluation.
  struct EvaluatedBatch {
    /// The mean loss.
    let loss: Double

    /// The classes, of shape `[batch]`.
    let labels: Tensor

    /// The logits, of shape `[batch, classes]`.
    let logits: Tensor
  }

  /// Computes the batches of an evaluation with the weights that are saved.
  ///
  /// Several processes take turns, and each receives the results of all of them.
  ///
  /// - Parameters:
  ///   - batches: The batches.
  ///   - isAlone: Whether this process computes all batches, and tells nobody.
  ///   - body: Called with each batch, in order; returns whether to continue.
  /// - Throws: ``TrainingError/ranks(_:)`` if another process cannot continue.
  func forEachEvaluated(
    _ batches: Dataset, isAlone: Bool, _ body: (EvaluatedBatch) -> Bool
  ) throws(TrainingError) {
    let (size, rank) = isAlone ? (1, 0) : (communicator.size, communicator.rank)
    let total = batches.count ?? 0
    var done = 0
    var failure: TrainingError?
    var continues = true
    // Exchanges the results of one round.
    func finishRound(_ own: EvaluatedBatch?) {
      do throws(TrainingError) {
        let messages = try exchange(own.map(RankMessage.init) ?? RankMessage())
        for message in messages where continues && !message.words.isEmpty {
          continues = body(EvaluatedBatch(message))
        }
        done += 1
      } catch {
        (failure, continues) = (error, false)
      }
    }
    withSavedWeights {
      model.forEachPenalizedPrediction(
        batches.every(size, from: rank)
      ) { _, labels, logits, penalty in
        let loss =
          Double(objective.evaluated(labels, logits).scalar) + Double(penalty?.scalar ?? 0)
        let batch = EvaluatedBatch(
          loss: loss, labels: labels, logits: objective.logits(of: logits))
        if size == 1 { continues = body(batch) } else { finishRound(batch) }
        return continues
      }
    }
    if let failure { throw failure }
    // A process whose pictures cannot be read says so instead.
    if let failure = evaluated.failure { throw .data(failure) }
    if size > 1, continues, done < (total + size - 1) / size { finishRound(nil) }
    if let failure { throw failure }
  }
}

extension RankMessage {
  /// The message with the results of a batch.
  fileprivate init(_ batch: Trainer.EvaluatedBatch) {
    words = [batch.loss.bitPattern, UInt64(batch.labels.count)]
    floats = batch.labels.scalars + batch.logits.scalars
  }
}

extension Trainer.EvaluatedBatch {
  /// The batch in a message.
  fileprivate init(_ message: RankMessage) {
    let count = Int(message.words[1])
    self.init(
      loss: Double(bitPattern: message.words[0]),
      labels: Tensor(Array(message.floats[..<count]), shape: [count]),
      logits: Tensor(
        Array(message.floats[count...]), shape: [count, (message.floats.count - count) / count]))
  }
}
