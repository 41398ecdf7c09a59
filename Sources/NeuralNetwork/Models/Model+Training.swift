import Preconditions
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
  /// Sets what the model is trained with; ``fit(_:epochs:validationData:callbacks:file:line:onEpochEnd:)``
  /// and ``evaluate(_:file:line:)`` need it.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer, which changes the weights.
  ///   - loss: The loss, which training makes smaller.
  ///   - metrics: The metrics, which are measured beside the loss.
  public func compile(optimizer: Optimizer, loss: any Loss, metrics: [any Metric] = []) {
    compilation = Compilation(optimizer: optimizer, loss: loss, metrics: metrics)
  }

  /// The optimizer that the model was compiled with, if it was.
  public var optimizer: Optimizer? { compilation?.optimizer }

  /// Trains the model on batches.
  ///
  ///     model.fit(batches, epochs: 10, validationData: testBatches) { epoch, logs in
  ///       print(epoch, logs)
  ///     }
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets, read once an epoch.
  ///   - epochs: The number of epochs; ``stopTraining`` ends the training before.
  ///   - validationData: Batches to evaluate after each epoch.
  ///   - callbacks: Objects whose hooks are called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  ///   - onEpochEnd: Called after each epoch with its number, from 0, and the loss and the metrics by
  ///     name; those of the validation data start with `val_`.
  /// - Returns: The loss and the metrics of each epoch.
  /// - Precondition: The model is compiled.
  @discardableResult
  public func fit(
    _ batches: some Sequence<(Tensor, Tensor)>, epochs: Int = 1,
    validationData: (any Sequence<(Tensor, Tensor)>)? = nil, callbacks: [Callback] = [],
    file: StaticString = #fileID, line: UInt = #line,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    CallSite(file: file, line: line).track {
      runEpochs(epochs, callbacks, onEpochEnd) { _ in
        var logs = train(on: batches, callbacks)
        if let validationData { add(measure(validationData), to: &logs) }
        return logs
      }
    }
  }

  /// Trains the model on inputs and targets that are in memory.
  ///
  ///     let history = model.fit(x, y, epochs: 20, validationSplit: 0.2)
  ///     print(history.history["val_loss"] ?? [])
  ///
  /// - Parameters:
  ///   - x: The inputs; the first axis is the examples.
  ///   - y: The targets, one for each input.
  ///   - batchSize: The number of examples in a batch, at least 1; the last one may be smaller.
  ///   - epochs: The number of epochs; ``stopTraining`` ends the training before.
  ///   - validationSplit: The share of the examples, the last ones, that are evaluated after each epoch
  ///     and not trained on; at least 0 and less than 1.
  ///   - validationData: Inputs and targets to evaluate after each epoch; then `validationSplit` does
  ///     not count, as in Keras.
  ///   - shuffle: Whether the examples are put in another order for each epoch.
  ///   - seed: What decides that order; by default it is drawn.
  ///   - callbacks: Objects whose hooks are called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  ///   - onEpochEnd: Called after each epoch with its number, from 0, and the loss and the metrics by
  ///     name; those of the validation data start with `val_`.
  /// - Returns: The loss and the metrics of each epoch.
  /// - Precondition: The model is compiled, and there is one target for each input.
  @discardableResult
  public func fit(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, validationSplit: Double = 0,
    validationData: (Tensor, Tensor)? = nil, shuffle: Bool = true, seed: UInt64? = nil,
    callbacks: [Callback] = [], file: StaticString = #fileID, line: UInt = #line,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    CallSite(file: file, line: line).track {
      let examples = Examples(x, y, batchSize: batchSize)
      let (trained, validated) = examples.split(validationSplit, validationData)
      let seed = seed ?? .random(in: .min ... .max)
      return runEpochs(epochs, callbacks, onEpochEnd) { epoch in
        var logs = train(on: trained.batches(shuffledBy: shuffle ? (seed, epoch) : nil), callbacks)
        if let validated { add(measure(validated.batches()), to: &logs) }
        return logs
      }
    }
  }

  /// Evaluates the model on batches, without training it.
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model is compiled.
  public func evaluate(
    _ batches: some Sequence<(Tensor, Tensor)>, file: StaticString = #fileID, line: UInt = #line
  ) -> [String: Double] {
    CallSite(file: file, line: line).track { measure(batches) }
  }

  /// Evaluates the model on inputs and targets that are in memory, without training it.
  ///
  /// - Parameters:
  ///   - x: The inputs; the first axis is the examples.
  ///   - y: The targets, one for each input.
  ///   - batchSize: The number of examples in a batch, at least 1.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model is compiled, and there is one target for each input.
  public func evaluate(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> [String: Double] {
    CallSite(file: file, line: line).track {
      measure(Examples(x, y, batchSize: batchSize).batches())
    }
  }

  /// Computes predictions for batches.
  ///
  /// If the model and its layers are safe (``Layer/isThreadSafe``), several batches are computed at once,
  /// each on one thread: a batch on one thread stays in the caches of its core, so this is faster than
  /// one batch after another. A few batches for each thread are fetched at a time, so that threads
  /// seldom wait for each other. Otherwise one batch follows the other on the caller's thread, and its
  /// operations use all threads. The results have the same bits.
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
    guard let first = iterator.next() else { return }
    if !isBuilt { build(inputShape: Shape(first.0.shape.dropFirst())) }
    guard allowsConcurrentCalls else {
      var next: (x: Tensor, y: Tensor)? = first
      while let (x, y) = next {
        guard body(x, y, run(x, training: false)) else { return }
        next = iterator.next()
      }
      return
    }
    var group: [(x: Tensor, y: Tensor)] = [first]
    let site = CallSite.current
    while true {
      while group.count < 8 * Threads.count, let batch = iterator.next() { group.append(batch) }
      guard !group.isEmpty else { return }
      let inputs = group.map(\.x)
      let predictions = concurrently(inputs.count) { index in
        CallSite.$current.withValue(site) { self.run(inputs[index], training: false) }
      }
      for ((x, y), predictions) in zip(group, predictions) {
        guard body(x, y, predictions) else { return }
      }
      group = []
    }
  }

  /// Computes predictions for inputs that are in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs; the first axis is the examples.
  ///   - batchSize: How many are computed at once, at least 1.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: The outputs, one for each input: of the shape `[0, …]` if there is no input.
  public func predict(
    _ x: Tensor, batchSize: Int = 32, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track {
      let examples = Examples(x, x, batchSize: batchSize)
      guard examples.count > 0 else {
        if !isBuilt { build(inputShape: Shape(x.shape.dropFirst())) }
        return run(x, training: false).withoutGradient
      }
      var outputs: [Tensor] = []
      forEachPrediction(examples.batches()) { _, _, predictions in
        outputs.append(predictions)
        return true
      }
      return Tensor(
        outputs.flatMap(\.scalars),
        shape: Shape([examples.count] + outputs[0].shape.dropFirst()))
    }
  }

  /// Runs epochs until there are enough or one asks to stop, and notes what each of them measured.
  private func runEpochs(
    _ epochs: Int, _ callbacks: [Callback],
    _ onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void,
    _ run: (_ epoch: Int) -> [String: Double]
  ) -> History {
    require(epochs >= 0, "`epochs` must be at least 0, but is \(epochs).")
    stopTraining = false
    var history = History()
    var logs: [String: Double] = [:]
    for callback in callbacks { callback.onTrainBegin(model: self) }
    for epoch in 0..<epochs {
      for callback in callbacks { callback.onEpochBegin(epoch, model: self) }
      logs = run(epoch)
      for (name, value) in logs { history.history[name, default: []].append(value) }
      for callback in callbacks { callback.onEpochEnd(epoch, model: self, logs: logs) }
      onEpochEnd(epoch, logs)
      if stopTraining { break }
    }
    if epochs > 0 { optimizer?.finalizeVariableValues() }
    for callback in callbacks { callback.onTrainEnd(model: self, logs: logs) }
    return history
  }

  /// Takes a step for each batch; returns loss and metrics over all examples.
  private func train(
    on batches: some Sequence<(Tensor, Tensor)>, _ callbacks: [Callback]
  ) -> [String: Double] {
    guard let compilation else {
      fail("The model must be compiled before `fit`: call `compile(optimizer:loss:metrics:)`.")
    }
    if let (layer, gap) = firstTrainingGap {
      fail(
        "The layer '\(layer)' cannot be trained: in Keras, training \(gap), which is not implemented."
      )
    }
    let measured = Measurement(compilation)
    for (batch, (x, y)) in batches.enumerated() {
      let (loss, predictions) = withGradientTape {
        let predictions = run(x, training: true)
        return (compilation.loss(y, predictions), predictions)
      }
      // Losses of which nothing is made are trained as their sum, as in Keras.
      let scalar = loss.count == 1 ? loss : loss.sum()
      compilation.optimizer.apply(scalar.gradients(), to: trainableVariables)
      measured.update(loss: loss, y, predictions)
      for callback in callbacks { callback.onTrainBatchEnd(batch, model: self) }
      if stopTraining { break }
    }
    return measured.logs
  }

  /// Returns loss and metrics over all examples.
  private func measure(_ batches: some Sequence<(Tensor, Tensor)>) -> [String: Double] {
    guard let compilation else {
      fail("The model must be compiled before `evaluate`: call `compile(optimizer:loss:metrics:)`.")
    }
    let measured = Measurement(compilation)
    forEachPrediction(batches) { _, y, predictions in
      measured.update(loss: compilation.loss(y, predictions), y, predictions)
      return true
    }
    return measured.logs
  }

  /// Adds what was measured on the validation data, as Keras names it.
  private func add(_ validation: [String: Double], to logs: inout [String: Double]) {
    for (name, value) in validation { logs["val_\(name)"] = value }
  }
}

extension Model {
  /// The first layer whose training is not implemented, and what it does in Keras.
  private var firstTrainingGap: (layer: String, gap: String)? {
    for layer in layersInOrder {
      if let model = layer as? Model {
        if let found = model.firstTrainingGap { return found }
      } else if let gap = layer.trainingGap {
        return (layer.name, gap)
      }
    }
    return nil
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
