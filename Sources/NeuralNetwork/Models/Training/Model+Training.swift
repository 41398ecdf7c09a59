import Preconditions
public import Tensors
import Threads

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
    compile(optimizer: optimizer, losses: .all(loss), metrics: .all(metrics))
  }

  /// Sets the optimizer, and losses and metrics for each output.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer, which updates the weights.
  ///   - losses: The losses, whose weighted sum training minimizes. Outputs without a loss take no
  ///     part in training.
  ///   - lossWeights: The factors of the losses; 1 by default.
  ///   - metrics: The metrics to measure in addition to the losses.
  public func compile(
    optimizer: Optimizer, losses: PerOutput<any Loss>, lossWeights: PerOutput<Double>? = nil,
    metrics: PerOutput<[any Metric]> = .all([])
  ) {
    compilation = Compilation(
      optimizer: optimizer, losses: losses, lossWeights: lossWeights, metrics: metrics)
  }

  /// The optimizer of the compiled model; `nil` before `compile`.
  public var optimizer: Optimizer? { compilation?.optimizer }

  /// The loss of the compiled model; `nil` before `compile`, and if the outputs have different
  /// ones.
  public var loss: (any Loss)? {
    guard let losses = compilation?.losses.values, losses.count == 1 else { return nil }
    return losses[0]
  }

  /// The metrics of the compiled model, beside the losses.
  public var metrics: [any Metric] { compilation?.metrics.values.flatMap(\.self) ?? [] }

  /// Trains the model on batches.
  ///
  /// ```swift
  /// model.fit(batches, epochs: 10, validationData: testBatches) { epoch, logs in
  ///   print(epoch, logs)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets, read once per epoch: tensors, or arrays or
  ///     dictionaries of tensors for several inputs or outputs.
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
  public func fit<X: TensorStructure, Y: TensorStructure>(
    _ batches: some Sequence<(X, Y)>, epochs: Int = 1,
    validationData: (any Sequence<(X, Y)>)? = nil, callbacks: [Callback] = [],
    initialEpoch: Int = 0, file: StaticString = #fileID, line: UInt = #line,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    CallSite(file: file, line: line).track {
      runEpochs(initialEpoch, epochs, callbacks, onEpochEnd) { _ in
        var logs = train(on: batches.lazy.map { self.ordered($0.0, $0.1) }, callbacks)
        if let validationData { add(measure(of: validationData, callbacks), to: &logs) }
        return logs
      }
    }
  }

  /// Trains the model on inputs and targets in memory.
  ///
  /// ```swift
  /// let history = model.fit(x, y, epochs: 20, validationSplit: 0.2)
  /// print(history.history["val_loss"] ?? [])  // of each epoch
  /// ```
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis; an array or a dictionary for several
  ///     inputs.
  ///   - y: The targets, one per example along the first axis; an array or a dictionary for several
  ///     outputs.
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
  public func fit<X: TensorStructure, Y: TensorStructure>(
    _ x: X, _ y: Y, batchSize: Int = 32, epochs: Int = 1, validationSplit: Double = 0,
    validationData: (X, Y)? = nil, shuffle: Bool = true, seed: UInt64? = nil,
    callbacks: [Callback] = [], initialEpoch: Int = 0, file: StaticString = #fileID,
    line: UInt = #line,
    onEpochEnd: (_ epoch: Int, _ logs: [String: Double]) -> Void = { _, _ in }
  ) -> History {
    CallSite(file: file, line: line).track {
      let examples = examples(x, y, batchSize: batchSize)
      let (trained, validated) = examples.split(
        validationSplit, validationData.map { ordered($0.0, $0.1) })
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
  ///   - batches: Pairs of inputs and targets: tensors, or arrays or dictionaries of tensors.
  ///   - callbacks: The callbacks, whose hooks for tests are called.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model is compiled.
  public func evaluate<X: TensorStructure, Y: TensorStructure>(
    _ batches: some Sequence<(X, Y)>, callbacks: [Callback] = [], file: StaticString = #fileID,
    line: UInt = #line
  ) -> [String: Double] {
    CallSite(file: file, line: line).track { measure(of: batches, callbacks) }
  }

  /// Evaluates the model on inputs and targets in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis; an array or a dictionary for several
  ///     inputs.
  ///   - y: The targets, one per example along the first axis; an array or a dictionary for several
  ///     outputs.
  ///   - batchSize: The batch size, at least 1.
  ///   - callbacks: The callbacks, whose hooks for tests are called.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The loss and the metrics by name, over all examples.
  /// - Precondition: The model is compiled, and there are as many targets as inputs.
  public func evaluate(
    _ x: some TensorStructure, _ y: some TensorStructure, batchSize: Int = 32,
    callbacks: [Callback] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> [String: Double] {
    CallSite(file: file, line: line).track {
      measure(examples(x, y, batchSize: batchSize).batches(), callbacks)
    }
  }

  /// Computes predictions for batches of a model with one input and one output.
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
    forEachOutput(batches.lazy.map { ([$0], [$1]) }) { x, y, predictions in
      checkCount(of: y, predictions)
      return body(x[0], y[0], predictions[0])
    }
  }

  /// Computes predictions as ``forEachPrediction(_:_:)`` does, and what the regularizers add to the
  /// loss of each batch.
  ///
  /// - Parameters:
  ///   - batches: Pairs of inputs and targets.
  ///   - body: Called with inputs, targets, predictions and the penalty, a scalar, or `nil` if
  ///     nothing has a regularizer; returns whether to continue.
  package func forEachPenalizedPrediction(
    _ batches: some Sequence<(Tensor, Tensor)>,
    _ body: (_ x: Tensor, _ y: Tensor, _ predictions: Tensor, _ penalty: Tensor?) -> Bool
  ) {
    forEachPenalizedOutput(batches.lazy.map { ([$0], [$1]) }) { x, y, predictions, penalty in
      checkCount(of: y, predictions)
      return body(x[0], y[0], predictions[0], penalty)
    }
  }

  /// Computes the outputs for batches, as ``forEachPrediction(_:_:)`` does.
  private func forEachOutput(
    _ batches: some Sequence<([Tensor], [Tensor])>,
    _ body: (_ x: [Tensor], _ y: [Tensor], _ predictions: [Tensor]) -> Bool
  ) {
    forEachOutput(batches, { self.runForOutputs($0, training: false) }, body)
  }

  /// Computes the outputs for batches, and the penalty of the regularizers for each.
  private func forEachPenalizedOutput(
    _ batches: some Sequence<([Tensor], [Tensor])>,
    _ body: (
      _ x: [Tensor], _ y: [Tensor], _ predictions: [Tensor], _ penalty: Tensor?
    ) -> Bool
  ) {
    let ofWeights = weightPenalty
    forEachOutput(
      batches,
      { x in OutputPenalties.collect { self.runForOutputs(x, training: false) } },
      { x, y, output in
        let ofOutputs = output.penalty
        let penalty = ofWeights.map { weights in ofOutputs.map { weights + $0 } ?? weights }
        return body(x, y, output.result, penalty ?? ofOutputs)
      })
  }

  /// Computes something for the inputs of batches, several batches at once if the layers allow it.
  private func forEachOutput<Output: Sendable>(
    _ batches: some Sequence<([Tensor], [Tensor])>,
    _ compute: @escaping (_ x: [Tensor]) -> Output,
    _ body: (_ x: [Tensor], _ y: [Tensor], _ output: Output) -> Bool
  ) {
    var iterator = batches.makeIterator()
    guard let first = iterator.next() else { return }
    build(for: first.0)
    guard allowsConcurrentCalls else {
      var next: (x: [Tensor], y: [Tensor])? = first
      while let (x, y) = next {
        guard body(x, y, compute(x)) else { return }
        next = iterator.next()
      }
      return
    }
    var group: [(x: [Tensor], y: [Tensor])] = [first]
    let site = CallSite.current
    while true {
      while group.count < 8 * Threads.count, let batch = iterator.next() { group.append(batch) }
      guard !group.isEmpty else { return }
      let inputs = group.map(\.x)
      let outputs = concurrently(inputs.count) { index in
        CallSite.$current.withValue(site) { compute(inputs[index]) }
      }
      for ((x, y), output) in zip(group, outputs) {
        guard body(x, y, output) else { return }
      }
      group = []
    }
  }

  /// Computes predictions for inputs in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis; an array or a dictionary for several
  ///     inputs.
  ///   - batchSize: The batch size, at least 1.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The output, one per input; of shape `[0, …]` without inputs.
  /// - Precondition: The model has one output.
  public func predict(
    _ x: some TensorStructure, batchSize: Int = 32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track {
      let outputs = outputs(for: x, batchSize)
      require(
        outputs.count == 1,
        "The model '\(name)' has the outputs \(outputNames.shortQuotedList): call "
          + "`predictOutputs`.")
      return outputs[0]
    }
  }

  /// Computes predictions of a model with several outputs for inputs in memory.
  ///
  /// - Parameters:
  ///   - x: The inputs, one per example along the first axis; an array or a dictionary for several
  ///     inputs.
  ///   - batchSize: The batch size, at least 1.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The outputs by name, one per input; of shape `[0, …]` without inputs.
  public func predictOutputs(
    _ x: some TensorStructure, batchSize: Int = 32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> [String: Tensor] {
    CallSite(file: file, line: line).track {
      let outputs = outputs(for: x, batchSize)
      return Dictionary(zip(names(ofOutputs: outputs.count), outputs)) { first, _ in first }
    }
  }

  /// The outputs for inputs in memory.
  private func outputs(for x: some TensorStructure, _ batchSize: Int) -> [Tensor] {
    let x = inputs(x)
    let examples = Examples(x, [], batchSize: batchSize)
    guard examples.count > 0 else {
      build(for: x)
      return runForOutputs(x, training: false).map(\.withoutGradient)
    }
    var batches: [[Tensor]] = []
    forEachOutput(examples.batches()) { _, _, predictions in
      batches.append(predictions)
      return true
    }
    return batches[0].indices.map { output in
      let whole = Tensor(concatenating: batches.map { $0[output].withoutGradient }, axis: 0)
      require(
        whole.shape[0] == examples.count,
        "An output must have a row for each of the \(examples.count) inputs, but has "
          + "\(whole.shape[0]).")
      return whole
    }
  }

  // MARK: - Inputs and outputs

  private func build(for x: [Tensor]) {
    if !isBuilt { build(inputShapes: x.map { Shape($0.shape.dropFirst()) }) }
  }

  /// The tensors of the inputs in their order.
  private func inputs(_ x: some TensorStructure) -> [Tensor] {
    let names = inputNames
    // Before it is built, a model without names of its own takes what it gets, in order.
    if names.isEmpty {
      if let x = x as? [Tensor] { return x }
      return x.ordered(by: ["input_layer"], of: name, "inputs")
    }
    return x.ordered(by: names, of: name, "inputs")
  }

  /// The tensors of inputs and targets in their order; builds the model to know the outputs.
  private func ordered(
    _ x: some TensorStructure, _ y: some TensorStructure
  ) -> ([Tensor], [Tensor]) {
    let x = inputs(x)
    build(for: x)
    let names = outputNames
    if names.isEmpty, let y = y as? [Tensor] { return (x, y) }
    return (x, y.ordered(by: names.isEmpty ? ["output_1"] : names, of: name, "outputs"))
  }

  private func examples(
    _ x: some TensorStructure, _ y: some TensorStructure, batchSize: Int
  ) -> Examples {
    let (x, y) = ordered(x, y)
    return Examples(x, y, batchSize: batchSize)
  }

  /// The names of the outputs; those of a model without a graph are numbered, as in `tf_keras`.
  private func names(ofOutputs count: Int) -> [String] {
    let names = outputNames
    return names.count == count ? names : (1...max(1, count)).map { "output_\($0)" }
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
    on batches: some Sequence<([Tensor], [Tensor])>, _ callbacks: [Callback]
  ) -> [String: Double] {
    guard let compilation else {
      fail("The model must be compiled before `fit`: call `compile(optimizer:loss:metrics:)`.")
    }
    if let (layer, gap) = firstTrainingGap {
      fail(
        "The layer '\(layer)' cannot be trained: Keras's training \(gap), which is not implemented."
      )
    }
    var measured: Measurement?
    for (batch, (x, y)) in batches.enumerated() {
      for callback in callbacks { callback.onTrainBatchBegin(batch, model: self) }
      let measurement = measured ?? Measurement(compilation.outputs(names(ofOutputs: y.count)))
      measured = measurement
      let (loss, predictions) = withGradientTape {
        let predictions = runForOutputs(x, training: true)
        checkCount(of: y, predictions)
        return (measurement.loss(y, predictions, penalty: penalty), predictions)
      }
      // Without reduction, training minimizes the sum of the losses, as in Keras.
      let scalar = loss.total.count == 1 ? loss.total : loss.total.sum()
      compilation.optimizer.apply(scalar.gradients(), to: trainableVariables)
      measurement.update(loss, y, predictions)
      if !callbacks.isEmpty {
        let logs = measurement.logs
        for callback in callbacks { callback.onTrainBatchEnd(batch, model: self, logs: logs) }
      }
      if stopTraining { break }
    }
    return (measured ?? Measurement(compilation.outputs(names(ofOutputs: outputNames.count)))).logs
  }

  /// Measures the loss and metrics over all examples.
  private func measure<X: TensorStructure, Y: TensorStructure>(
    of batches: some Sequence<(X, Y)>, _ callbacks: [Callback]
  ) -> [String: Double] {
    measure(batches.lazy.map { self.ordered($0.0, $0.1) }, callbacks)
  }

  private func measure(
    _ batches: some Sequence<([Tensor], [Tensor])>, _ callbacks: [Callback]
  ) -> [String: Double] {
    guard let compilation else {
      fail("The model must be compiled before `evaluate`: call `compile(optimizer:loss:metrics:)`.")
    }
    var measured: Measurement?
    for callback in callbacks { callback.onTestBegin(model: self) }
    var batch = 0
    forEachPenalizedOutput(batches) { _, y, predictions, penalty in
      for callback in callbacks { callback.onTestBatchBegin(batch, model: self) }
      checkCount(of: y, predictions)
      let measurement = measured ?? Measurement(compilation.outputs(names(ofOutputs: y.count)))
      measured = measurement
      measurement.update(
        measurement.loss(y, predictions, penalty: penalty), y, predictions)
      if !callbacks.isEmpty {
        let logs = measurement.logs
        for callback in callbacks { callback.onTestBatchEnd(batch, model: self, logs: logs) }
      }
      batch += 1
      return true
    }
    let logs = (measured ?? Measurement(compilation.outputs(names(ofOutputs: outputNames.count))))
      .logs
    for callback in callbacks { callback.onTestEnd(model: self, logs: logs) }
    return logs
  }

  private func checkCount(of targets: [Tensor], _ predictions: [Tensor]) {
    require(
      targets.count == predictions.count,
      "The model '\(name)' has \(predictions.count) outputs, but `y` has \(targets.count) tensors.")
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
