public import Tensors

/// What a model is trained with.
final class Compilation {
  let optimizer: Optimizer
  let loss: any Loss
  let metrics: [any Metric]

  init(optimizer: Optimizer, loss: any Loss, metrics: [any Metric]) {
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
  }
}

/// The loss and the metrics of each epoch, under Keras's names: `loss`, `accuracy`, `val_loss`.
public struct History: Sendable {
  /// For each name the values, one an epoch.
  public internal(set) var history: [String: [Double]] = [:]
}

extension Model {
  /// Says what the model is trained with; ``fit(_:epochs:validationData:onEpochEnd:)`` needs it.
  ///
  /// - Parameters:
  ///   - optimizer: What changes the weights.
  ///   - loss: What becomes smaller.
  ///   - metrics: What else is measured.
  public func compile(optimizer: Optimizer, loss: any Loss, metrics: [any Metric] = []) {
    compilation = Compilation(optimizer: optimizer, loss: loss, metrics: metrics)
  }

  /// The optimizer that the model was compiled with, if it was.
  public var optimizer: Optimizer? { compilation?.optimizer }

  /// Trains the model on batches.
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets, gone through once an epoch.
  ///   - epochs: How often the batches are gone through.
  ///   - validationData: Batches to measure on after each epoch.
  ///   - onEpochEnd: Called after each epoch with its number, from 0, and what was measured.
  /// - Returns: What was measured in each epoch.
  /// - Precondition: The model was compiled.
  @discardableResult
  public func fit(
    _ batches: some Sequence<(Tensor, Tensor)>, epochs: Int = 1,
    validationData: (any Sequence<(Tensor, Tensor)>)? = nil,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    var history = History()
    for epoch in 0..<epochs {
      var logs = train(on: batches)
      if let validationData {
        for (name, value) in evaluate(validationData) { logs["val_\(name)"] = value }
      }
      for (name, value) in logs { history.history[name, default: []].append(value) }
      onEpochEnd(epoch, logs)
    }
    if epochs > 0 { optimizer?.finalizeVariableValues() }
    return history
  }

  /// Trains the model on inputs and targets that are in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs; the first axis is the examples.
  ///   - y: The targets, one for each input.
  ///   - batchSize: The number of examples in a batch; the last one may be smaller.
  ///   - epochs: How often the examples are gone through.
  ///   - shuffle: Whether the examples are put in another order for each epoch.
  ///   - seed: What decides that order; by default it is drawn.
  /// - Returns: What was measured in each epoch.
  /// - Precondition: The model was compiled, and there is one target for each input.
  @discardableResult
  public func fit(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, shuffle: Bool = true,
    seed: UInt64? = nil
  ) -> History {
    precondition(x.shape.first == y.shape.first, "there is one target for each input")
    let seed = seed ?? .random(in: .min ... .max)
    var history = History()
    for epoch in 0..<epochs {
      var order = Array(0..<x.shape[0])
      if shuffle {
        var stream = RandomStream(seed: seed, stream: 0, substream: UInt32(epoch))
        for last in stride(from: order.count - 1, to: 0, by: -1) {
          order.swapAt(last, stream.integer(below: last + 1))
        }
      }
      let batches = stride(from: 0, to: order.count, by: batchSize).lazy.map { start in
        let rows = order[start..<min(start + batchSize, order.count)]
        return (x.gathering(rows), y.gathering(rows))
      }
      for (name, value) in train(on: batches) {
        history.history[name, default: []].append(value)
      }
    }
    if epochs > 0 { optimizer?.finalizeVariableValues() }
    return history
  }

  /// Measures the model on batches, without training it.
  ///
  /// - Parameter batches: Pairs of inputs and targets.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model was compiled.
  public func evaluate(_ batches: some Sequence<(Tensor, Tensor)>) -> [String: Double] {
    guard let compilation else { preconditionFailure("call compile before evaluate") }
    let measured = Measurement(compilation)
    forEachPrediction(batches) { _, y, predictions in
      measured.update(loss: compilation.loss(y, predictions), y, predictions)
      return true
    }
    return measured.logs
  }

  /// Computes predictions for batches, each on one thread.
  ///
  /// A batch on one thread stays in the caches of its core, so this is faster than one batch after
  /// another; a few batches for each thread are fetched at a time, so that threads seldom wait for each
  /// other. ``Model/call(_:training:)`` is called from several threads at once.
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets.
  ///   - body: Receives inputs, targets and predictions in the order of the batches, on the caller's
  ///     thread; says whether to go on.
  public func forEachPrediction(
    _ batches: some Sequence<(Tensor, Tensor)>,
    _ body: (_ x: Tensor, _ y: Tensor, _ predictions: Tensor) -> Bool
  ) {
    var iterator = batches.makeIterator()
    while true {
      var group: [(x: Tensor, y: Tensor)] = []
      while group.count < 8 * Threads.count, let batch = iterator.next() { group.append(batch) }
      guard let first = group.first else { return }
      if !isBuilt { build(inputShape: Shape(first.x.shape.dropFirst())) }
      let inputs = group.map(\.x)
      let predictions = concurrently(inputs.count) { self(inputs[$0]) }
      for ((x, y), predictions) in zip(group, predictions) {
        guard body(x, y, predictions) else { return }
      }
    }
  }

  /// Computes predictions for inputs that are in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs; the first axis is the examples.
  ///   - batchSize: How many are computed at once.
  /// - Returns: The outputs, one for each input.
  public func predict(_ x: Tensor, batchSize: Int = 32) -> Tensor {
    let batches = stride(from: 0, to: x.shape[0], by: batchSize).lazy.map { start in
      (x[rows: start..<min(start + batchSize, x.shape[0])], x)
    }
    var outputs: [Tensor] = []
    forEachPrediction(batches) { _, _, predictions in
      outputs.append(predictions)
      return true
    }
    guard let first = outputs.first else { return x }
    return Tensor(
      outputs.flatMap(\.scalars), shape: Shape([x.shape[0]] + first.shape.dropFirst()))
  }

  /// Takes a step for each batch; returns loss and metrics over all examples.
  private func train(on batches: some Sequence<(Tensor, Tensor)>) -> [String: Double] {
    guard let compilation else { preconditionFailure("call compile before fit") }
    let measured = Measurement(compilation)
    for (x, y) in batches {
      let (loss, predictions) = withGradientTape {
        let predictions = self(x, training: true)
        return (compilation.loss(y, predictions), predictions)
      }
      // Losses of which nothing is made are trained as their sum, as in Keras.
      let scalar = loss.count == 1 ? loss : loss.sum()
      compilation.optimizer.apply(scalar.gradients(), to: trainableVariables)
      measured.update(loss: loss, y, predictions)
    }
    return measured.logs
  }
}

/// Loss and metrics over the examples of many batches.
private struct Measurement {
  private let loss = Mean(name: "loss")
  private let metrics: [any Metric]

  init(_ compilation: Compilation) {
    metrics = compilation.metrics
    metrics.forEach { $0.reset() }
  }

  func update(loss batchLoss: Tensor, _ y: Tensor, _ predictions: Tensor) {
    let batchLoss = batchLoss.count == 1 ? batchLoss : batchLoss.mean()
    loss.update(batchLoss, weight: Double(predictions.shape.first ?? 1))
    metrics.forEach { $0.update(y, predictions) }
  }

  var logs: [String: Double] {
    var logs = [loss.name: loss.result]
    for metric in metrics { logs[metric.name] = metric.result }
    return logs
  }
}
