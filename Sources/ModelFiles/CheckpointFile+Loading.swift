import HDF5
import JSON
public import NeuralNetwork
import Preconditions
import Tensors

/// Loading models, weights and optimizers.
///
/// Everything requested is found, compared and read before anything is changed.
extension CheckpointFile {
  /// Creates the model in the file, with its weights.
  ///
  /// - Returns: A built model.
  /// - Throws: ``CheckpointError`` if the file does not describe the model, or lacks weights of the
  ///   model.
  public func loadModel() throws(CheckpointError) -> GraphModel {
    try load(try architecture())
  }

  /// Creates the model in the file, with its weights.
  ///
  /// - Returns: A built model; `nil` if the file does not describe its layers, as in
  ///   ``describesModel``.
  /// - Throws: ``CheckpointError`` if the file lacks weights of the model.
  public func loadModelIfDescribed() throws(CheckpointError) -> GraphModel? {
    guard let architecture = try describedArchitecture() else { return nil }
    return try load(architecture)
  }

  private func load(_ architecture: Architecture) throws(CheckpointError) -> GraphModel {
    try makeModel(architecture) { model, plan throws(CheckpointError) in
      let weights = ModelWeights(model, plan)
      return try read(weights, try match(weights))
    }
  }

  /// Creates a built model.
  ///
  /// - Parameters:
  ///   - architecture: The architecture of the model.
  ///   - values: Returns the values of all weights, grouped by the layers of the plan.
  /// - Returns: The model.
  /// - Throws: ``CheckpointError`` if the shapes of the layers do not match, or the error of
  ///   `values`.
  func makeModel(
    _ architecture: Architecture,
    values: (GraphModel, [LayerPlan]) throws(CheckpointError) -> [[Tensor]]
  ) throws(CheckpointError) -> GraphModel {
    let model = architecture.makeModel()
    let plan: [LayerPlan]
    do throws(ShapeError) {
      plan = try model.plan(inputShapes: architecture.inputShapes)
      try ModelBudget.checkWeights(of: plan, fileSize: container.size)
    } catch {
      throw .model(path: path, .shape(error))
    }
    for (layer, values) in zip(plan, try values(model, plan)) {
      layer.layer.adopt(values, as: layer.weights)
    }
    do throws(ShapeError) {
      try model.finishBuilding(inputShapes: architecture.inputShapes)
    } catch {
      throw .model(path: path, .shape(error))
    }
    return model
  }

  /// Replaces the weights of a model with those in the file.
  ///
  /// Layers are matched as in Keras, independent of their names: by class and number in the tree of
  /// Keras 3, by their order in older files. In the file of a subclassed model they are matched by
  /// their shapes, and by their names if shapes are equal.
  ///
  /// - Parameter model: The model; if it is not built, it is built for its expected input shape, or
  ///   else for that in the file.
  /// - Throws: ``CheckpointError`` if the file and the model differ, or a weight is not finite; the
  ///   weights are then unchanged.
  public func loadWeights(into model: Model) throws(CheckpointError) {
    try buildIfNeeded(model)
    let weights = ModelWeights(model)
    model.setWeights(try read(weights, try match(weights)))
  }

  /// Replaces the state of an optimizer with that in the file.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - model: The model trained by the optimizer; it must be built, and is not changed.
  /// - Throws: ``CheckpointError`` if the file contains no state, or that of another optimizer or
  ///   model; nothing is then changed.
  public func loadOptimizer(
    into optimizer: Optimizer, for model: Model
  ) throws(CheckpointError) {
    let match = try match(optimizer, for: model)
    guard match.differences.isEmpty else { throw .mismatch(path: path, match.differences) }
    try read(match, for: optimizer).apply(to: optimizer)
  }

  /// Replaces the weights of a model and the state of its optimizer with those in the file.
  ///
  /// Either both are replaced or neither.
  ///
  /// - Parameters:
  ///   - model: The model; if it is not built, it is built for its expected input shape, or else
  ///     for that in the file.
  ///   - optimizer: The optimizer.
  ///   - resetOptimizer: Whether to ignore the optimizer state in the file; the optimizer is then
  ///     unchanged.
  /// - Throws: ``CheckpointError`` with all differences; weights and optimizer state are then
  ///   unchanged.
  public func load(
    _ model: Model, _ optimizer: Optimizer, resetOptimizer: Bool = false
  ) throws(CheckpointError) {
    try buildIfNeeded(model)
    let weights = ModelWeights(model)
    let weightsMatch = try match(weights)
    guard !resetOptimizer else {
      return model.setWeights(try read(weights, weightsMatch))
    }
    let optimizerMatch = try match(optimizer, for: model)
    let differences = weightsMatch.differences + optimizerMatch.differences
    guard differences.isEmpty else { throw .mismatch(path: path, differences) }
    let values = try read(weights, weightsMatch)
    let state = try read(optimizerMatch, for: optimizer)
    model.setWeights(values)
    state.apply(to: optimizer)
  }

  /// Compares the layers described in the file with those of a model: their classes, or else their
  /// options.
  ///
  /// - Parameter model: The model; if it is not built, it is built as by ``loadWeights(into:)``.
  /// - Returns: The differences; empty if the file does not describe layers that can be compared.
  /// - Throws: ``CheckpointError`` if the file cannot be read.
  package func layerDifferences(from model: Model) throws(CheckpointError) -> [Difference] {
    try buildIfNeeded(model)
    guard let stored = try? architecture(), let own = Architecture(model) else { return [] }
    return Differences.ofLayers(stored, and: own)
  }

  /// Notes about assumptions in loading a model and its optimizer that are likely but not certain.
  ///
  /// - Parameters:
  ///   - model: The model, built.
  ///   - optimizer: The optimizer, if its state is loaded.
  /// - Returns: Notes for the user; usually empty.
  /// - Throws: ``CheckpointError`` if the file cannot be read.
  public func notes(
    for model: Model, _ optimizer: Optimizer? = nil
  ) throws(CheckpointError) -> [LoadNote] {
    var notes = try match(ModelWeights(model)).notes
    // A file with weights only has no architecture, and one with a custom class contains no more
    // than the class.
    if let stored = try? architecture(), let own = Architecture(model) {
      let differing = Differences.layers(of: stored, and: own)
      if !differing.isEmpty { notes.append(.layerOptions(differing: differing)) }
      if !stored.notes.isEmpty { notes.append(.notDone(stored.notes)) }
    }
    if let optimizer {
      if let config = try compileConfig(),
        let stored = try? CompileConfig(kerasConfig: config, leaveOut: { _ in }).optimizer
      {
        let differing = Differences.options(of: stored, and: optimizer)
        if !differing.isEmpty { notes.append(.optimizerOptions(differing: differing)) }
      }
      let match = try match(optimizer, for: model)
      let inConfig = OptimizerConfig(compiled: try compileConfig())?.learningRate
      if match.differences.isEmpty, optimizer.hasLearningRateVariable,
        match.learningRate == nil, inConfig == nil
      {
        notes.append(.learningRate(kept: optimizer.learningRate))
      }
      if match.ignoresMomentum { notes.append(.unusedMomentum) }
    }
    return notes
  }

  /// Creates the optimizer described in the file, without its state.
  ///
  /// - Returns: The optimizer; `nil` if the file does not describe one.
  /// - Throws: ``CheckpointError`` if the optimizer is not supported.
  public func optimizer() throws(CheckpointError) -> Optimizer? {
    let config = try compileConfig()
    let name = try StoredOptimizer(of: container)?.name.flatMap(
      KerasRegistry.optimizerClassName)
    guard
      let json = config?["optimizer_config"] ?? config?["optimizer"] ?? name.map({ .string($0) })
    else { return nil }
    do {
      return try Optimizer.make(kerasConfig: json)
    } catch {
      throw .model(path: path, error)
    }
  }

  package func buildIfNeeded(_ model: Model) throws(CheckpointError) {
    guard !model.isBuilt else { return }
    guard let shape = model.expectedInputShape else {
      return model.build(inputShapes: try inputShapes())
    }
    model.build(inputShape: shape)
  }

  // MARK: - Comparing

  func match(_ weights: ModelWeights) throws(CheckpointError) -> WeightsMatch {
    if let stored = try StoredWeights(of: container) { return WeightsMatch(weights, stored) }
    guard format == .safetensors else {
      throw .content(path: path, object: "/", problem: "contains no weights of a Keras model")
    }
    let match = WeightsMatch(weights, tensors: try container.tensors())
    guard match.found.joined().contains(where: { $0 != nil }) else {
      let name = weights.layers.flatMap(\.weights).first.map { " such as '\($0.name)'" } ?? ""
      throw .content(
        path: path, object: "/",
        problem: "has no \(SafetensorsFormat.placeOfConfig), and no tensor with the name of a "
          + "weight of the model,\(name)")
    }
    return match
  }

  func match(
    _ optimizer: Optimizer, for model: Model
  ) throws(CheckpointError) -> OptimizerMatch {
    require(
      model.isBuilt,
      """
      The model must be built before its optimizer is restored: run it once or call \
      `build(inputShape:)`.
      """)
    let variables = model.trainableVariables
    optimizer.build(for: variables)
    // A file without an optimizer counts as one without slots, so that all slots are reported
    // missing.
    let stored =
      try StoredOptimizer(of: container)
      ?? StoredOptimizer(
        path: "/\(KerasLayout.optimizerVariables)", name: nil, variables: [], isNamed: false,
        kerasVersion: nil)
    return OptimizerMatch(
      optimizer, shapes: variables.map(\.shape.dimensions), stored,
      config: OptimizerConfig(compiled: try compileConfig()))
  }

  // MARK: - Reading

  /// Reads the weights of all layers, after checking that they match.
  private func read(
    _ weights: ModelWeights, _ match: WeightsMatch
  ) throws(CheckpointError) -> [[Tensor]] {
    guard match.differences.isEmpty else { throw .mismatch(path: path, match.differences) }
    var reader = TensorReader(container)
    var values: [[Tensor]] = []
    for (layer, variables) in zip(weights.layers, match.variables) {
      var tensors: [Tensor] = []
      for (weight, variable) in zip(layer.weights, variables) {
        tensors.append(try reader.read(variable, named: weight.name))
      }
      values.append(tensors)
    }
    guard reader.differences.isEmpty else { throw .mismatch(path: path, reader.differences) }
    return values
  }

  /// Reads the step count of an optimizer, and its learning rate if the file contains it.
  func readHead(
    _ match: OptimizerMatch, for optimizer: Optimizer
  ) throws(CheckpointError) -> (iterations: Int, learningRate: Float?) {
    var iterations = 0
    if let variable = match.iteration {
      let iteration = try converting { () throws(HDF5Error) in
        let dataset = try container.dataset(of: variable)
        guard variable.isFloat else { return try dataset.read(as: Int64.self).map(Double.init) }
        return try dataset.read(as: Double.self)
      }
      guard iteration.count == 1, let steps = Int(exactly: iteration[0]),
        (0...Int(Int32.max)).contains(steps)
      else {
        throw .content(path: path, object: variable.path, problem: "is not a number of steps")
      }
      iterations = steps
    }
    if let variable = match.learningRate {
      var reader = TensorReader(container)
      let rate = try reader.read(variable, named: "optimizer/learning_rate").scalars
      guard rate.count == 1, rate[0] >= 0, rate[0].isFinite else {
        throw .content(path: path, object: variable.path, problem: "is not a learning rate")
      }
      return (iterations, rate[0])
    }
    guard optimizer.hasLearningRateVariable,
      let rate = OptimizerConfig(compiled: try compileConfig())?.learningRate,
      rate >= 0, Float(rate).isFinite
    else { return (iterations, nil) }
    return (iterations, Float(rate))
  }

  /// Reads the state of an optimizer, which must match.
  private func read(
    _ match: OptimizerMatch, for optimizer: Optimizer
  ) throws(CheckpointError) -> OptimizerState {
    var reader = TensorReader(container)
    var state = OptimizerState()
    (state.iterations, state.learningRate) = try readHead(match, for: optimizer)
    state.derivesSharedSlots = match.derivesSharedSlots
    let slots = optimizer.slotsInKerasOrder
    for (index, (name, variable)) in zip(match.slotNames, match.slots).enumerated() {
      let kind = slots.indices.contains(index) ? slots[index].name : ""
      state.slots.append(try reader.readSlot(variable, named: name, ofKind: kind))
    }
    guard reader.differences.isEmpty else { throw .mismatch(path: path, reader.differences) }
    guard !match.isFresh || state.iterations == 0 && optimizer.iterations == 0 else {
      throw .mismatch(
        path: path,
        slots.enumerated().map { index, slot in
          .missing(
            variable: "optimizer/\(slot.name) (\(index + 2))",
            path: "/\(KerasLayout.optimizerVariables)/\(index + 2)")
        })
    }
    return state
  }
}

/// The optimizer state read from a file.
private struct OptimizerState {
  var iterations = 0
  /// `nil` if the optimizer keeps its own.
  var learningRate: Float?
  /// Empty if the optimizer keeps those that it was built with.
  var slots: [Tensor] = []
  /// Whether the shared slots are derived from the number of steps.
  var derivesSharedSlots = false

  func apply(to optimizer: Optimizer) {
    for (slot, value) in zip(optimizer.slotsInKerasOrder, slots) { slot.value = value }
    optimizer.iterations = iterations
    if let learningRate { optimizer.learningRate = learningRate }
    if derivesSharedSlots { optimizer.deriveSharedSlots() }
  }
}

extension Model {
  /// Sets the values of the weights, layer by layer, in the order of ``ModelWeights``.
  fileprivate func setWeights(_ values: [[Tensor]]) {
    for (variable, value) in zip(variables, values.joined()) { variable.value = value }
  }
}
