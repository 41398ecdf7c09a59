import Preconditions
public import Tensors
import Threads

/// The optimizer, loss and metrics of a compiled model.
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
  /// The values of each name, one per epoch.
  public internal(set) var history: [String: [Double]] = [:]
}

extension Model {
  /// Sets the optimizer, loss and metrics, which
  /// ``fit(_:epochs:validationData:callbacks:initialEpoch:file:line:onEpochEnd:)`` and
  /// ``evaluate(_:callbacks:file:line:)`` require.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer, which updates the weights.
  ///   - loss: The loss, which training minimizes.
  ///   - metrics: The metrics to measure in addition to the loss.
  public func compile(optimizer: Optimizer, loss: any Loss, metrics: [any Metric] = []) {
    compilation = Compilation(optimizer: optimizer, loss: loss, metrics: metrics)
  }

  /// The optimizer of the compiled model; `nil` before `compile`.
  public var optimizer: Optimizer? { compilation?.optimizer }

  /// The loss of the compiled model; `nil` before `compile`.
  public var loss: (any Loss)? { compilation?.loss }

  /// The metrics of the compiled model, beside the loss.
  public var metrics: [any Metric] { compilation?.metrics ?? [] }

  /// Trains the model on batches.
  ///
  ///     model.fit(batches, epochs: 10, validationData: testBatches) { epoch, logs in
  ///       print(epoch, logs)
  ///     }
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets, read once per epoch.
  ///   - epochs: The number of epochs; ``stopTraining`` can stop training earlier.
  ///   - validationData: Batches to evaluate after each epoch.
  ///   - callbacks: The callbacks, in the order in which their hooks are called.
  ///   - initialEpoch: The index of the first epoch, from 0, to continue earlier training.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  ///   - onEpochEnd: Called after each epoch with its index, from 0, and the loss and metrics by
  ///     name; names of validation results start with `val_`.
  /// - Returns: The loss and the metrics of each epoch.
  /// - Precondition: The model is compiled.
  @discardableResult
  public func fit(
    _ batches: some Sequence<(Tensor, Tensor)>, epochs: Int = 1,
    validationData: (any Sequence<(Tensor, Tensor)>)? = nil, callbacks: [Callback] = [],
    initialEpoch: Int = 0, file: StaticString = #fileID, line: UInt = #line,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    CallSite(file: file, line: line).track {
      runEpochs(initialEpoch, epochs, callbacks, onEpochEnd) { _ in
        var logs = train(on: batches, callbacks)
        if let validationData { add(measure(validationData, callbacks), to: &logs) }
        return logs
      }
    }
  }

  /// Trains the model on inputs and targets in memory.
  ///
  ///     let history = model.fit(x, y, epochs: 20, validationSplit: 0.2)
  ///     print(history.history["val_loss"] ?? [])
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis.
  ///   - y: The targets, one per example along the first axis.
  ///   - batchSize: The batch size, at least 1; the last batch may be smaller.
  ///   - epochs: The number of epochs; ``stopTraining`` can stop training earlier.
  ///   - validationSplit: The fraction of the examples, taken from the end, that is used for
  ///     validation instead of training; in `0..<1`.
  ///   - validationData: Inputs and targets to evaluate after each epoch; if given,
  ///     `validationSplit` is ignored, as in Keras.
  ///   - shuffle: Whether to shuffle the examples before each epoch.
  ///   - seed: The seed of the shuffle; `nil` draws a random seed.
  ///   - callbacks: The callbacks, in the order in which their hooks are called.
  ///   - initialEpoch: The index of the first epoch, from 0, to continue earlier training.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  ///   - onEpochEnd: Called after each epoch with its index, from 0, and the loss and metrics by
  ///     name; names of validation results start with `val_`.
  /// - Returns: The loss and the metrics of each epoch.
  /// - Precondition: The model is compiled, and there are as many targets as inputs.
  @discardableResult
  public func fit(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, validationSplit: Double = 0,
    validationData: (Tensor, Tensor)? = nil, shuffle: Bool = true, seed: UInt64? = nil,
    callbacks: [Callback] = [], initialEpoch: Int = 0, file: StaticString = #fileID,
    line: UInt = #line,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    CallSite(file: file, line: line).track {
      let examples = Examples(x, y, batchSize: batchSize)
      let (trained, validated) = examples.split(validationSplit, validationData)
      let seed = seed ?? .random(in: .min ... .max)
      return runEpochs(initialEpoch, epochs, callbacks, onEpochEnd) { epoch in
        var logs = train(on: trained.batches(shuffledBy: shuffle ? (seed, epoch) : nil), callbacks)
        if let validated { add(measure(validated.batches(), callbacks), to: &logs) }
        return logs
      }
    }
  }

  /// Evaluates the model on batches.
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets.
  ///   - callbacks: The callbacks, whose hooks for tests are called.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model is compiled.
  public func evaluate(
    _ batches: some Sequence<(Tensor, Tensor)>, callbacks: [Callback] = [],
    file: StaticString = #fileID, line: UInt = #line
  ) -> [String: Double] {
    CallSite(file: file, line: line).track { measure(batches, callbacks) }
  }

  /// Evaluates the model on inputs and targets in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis.
  ///   - y: The targets, one per example along the first axis.
  ///   - batchSize: The batch size, at least 1.
  ///   - callbacks: The callbacks, whose hooks for tests are called.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model is compiled, and there are as many targets as inputs.
  public func evaluate(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, callbacks: [Callback] = [],
    file: StaticString = #fileID, line: UInt = #line
  ) -> [String: Double] {
    CallSite(file: file, line: line).track {
      measure(Examples(x, y, batchSize: batchSize).batches(), callbacks)
    }
  }

  /// Computes predictions for batches.
  ///
  /// If the model and all of its layers are thread-safe (``Layer/isThreadSafe``), several batches
  /// are computed concurrently, one per thread, which makes better use of each core's caches. A few
  /// batches per thread are fetched at a time, so that threads rarely wait. Otherwise, batches are
  /// computed one by one on the caller's thread, and the operations use all threads. Both ways give
  /// the same bits.
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets.
  ///   - body: Called with inputs, targets and predictions in the order of the batches, on the
  ///     caller's thread; returns whether to continue.
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

  /// Computes predictions for inputs in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis.
  ///   - batchSize: The batch size, at least 1.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The outputs, one per input; of shape `[0, …]` without inputs.
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

  /// Runs the epochs until all are done or ``stopTraining`` is set, and records their results.
  private func runEpochs(
    _ first: Int, _ epochs: Int, _ callbacks: [Callback],
    _ onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void,
    _ run: (_ epoch: Int) -> [String: Double]
  ) -> History {
    require(epochs >= 0, "`epochs` must be at least 0, but is \(epochs).")
    require(first >= 0, "`initialEpoch` must be at least 0, but is \(first).")
    stopTraining = false
    var history = History()
    var logs: [String: Double] = [:]
    for callback in callbacks { callback.onTrainBegin(model: self) }
    for epoch in first..<max(first, epochs) {
      for callback in callbacks { callback.onEpochBegin(epoch, model: self) }
      logs = run(epoch)
      for callback in callbacks { callback.onEpochEnd(epoch, model: self, logs: &logs) }
      for (name, value) in logs { history.history[name, default: []].append(value) }
      onEpochEnd(epoch, logs)
      if stopTraining { break }
    }
    if epochs > 0 { optimizer?.finalizeVariableValues() }
    for callback in callbacks { callback.onTrainEnd(model: self, logs: logs) }
    return history
  }

  /// Takes one step per batch, and returns the loss and metrics over all examples.
  private func train(
    on batches: some Sequence<(Tensor, Tensor)>, _ callbacks: [Callback]
  ) -> [String: Double] {
    guard let compilation else {
      fail("The model must be compiled before `fit`: call `compile(optimizer:loss:metrics:)`.")
    }
    if let (layer, gap) = firstTrainingGap {
      fail(
        "The layer '\(layer)' cannot be trained: Keras's training \(gap), which is not implemented."
      )
    }
    let measured = Measurement(compilation)
    for (batch, (x, y)) in batches.enumerated() {
      for callback in callbacks { callback.onTrainBatchBegin(batch, model: self) }
      let (loss, predictions) = withGradientTape {
        let predictions = run(x, training: true)
        return (compilation.loss(y, predictions), predictions)
      }
      // Without reduction, training minimizes the sum of the losses, as in Keras.
      let scalar = loss.count == 1 ? loss : loss.sum()
      compilation.optimizer.apply(scalar.gradients(), to: trainableVariables)
      measured.update(loss: loss, y, predictions)
      if !callbacks.isEmpty {
        let logs = measured.logs
        for callback in callbacks { callback.onTrainBatchEnd(batch, model: self, logs: logs) }
      }
      if stopTraining { break }
    }
    return measured.logs
  }

  /// Measures the loss and metrics over all examples.
  private func measure(
    _ batches: some Sequence<(Tensor, Tensor)>, _ callbacks: [Callback]
  ) -> [String: Double] {
    guard let compilation else {
      fail("The model must be compiled before `evaluate`: call `compile(optimizer:loss:metrics:)`.")
    }
    let measured = Measurement(compilation)
    for callback in callbacks { callback.onTestBegin(model: self) }
    var batch = 0
    forEachPrediction(batches) { _, y, predictions in
      for callback in callbacks { callback.onTestBatchBegin(batch, model: self) }
      measured.update(loss: compilation.loss(y, predictions), y, predictions)
      if !callbacks.isEmpty {
        let logs = measured.logs
        for callback in callbacks { callback.onTestBatchEnd(batch, model: self, logs: logs) }
      }
      batch += 1
      return true
    }
    let logs = measured.logs
    for callback in callbacks { callback.onTestEnd(model: self, logs: logs) }
    return logs
  }

  /// Adds the validation results under Keras's names.
  private func add(_ validation: [String: Double], to logs: inout [String: Double]) {
    for (name, value) in validation { logs["val_\(name)"] = value }
  }
}

extension Model {
  /// The first layer whose training is not implemented, and the training behaviour of Keras that it
  /// lacks.
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

/// The loss and metrics over the examples of many batches.
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
