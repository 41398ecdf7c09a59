package import HDF5
public import NeuralNetwork
import Tensors

/// A checkpoint that is open for reading.
///
/// Opening reads the head of the file only; weights are read when they are asked for, and then
/// either all of them are taken over or none.
public struct CheckpointFile: ~Copyable {
  /// The path that the file was opened with.
  public let path: String

  package let file: File

  /// Opens a checkpoint.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be opened or was written by a newer version.
  public init(opening path: String) throws(CheckpointError) {
    let file = try reading { () throws(HDF5Error) in try File.open(path) }
    let version = try reading { () throws(HDF5Error) in
      try file.root.attribute("checkpoint_format_version")
    }
    if case .int(let version)? = version, version > Int64(KerasLayout.formatVersion) {
      throw .unsupportedVersion(path: path, found: Int(version))
    }
    self.path = path
    self.file = file
  }

  /// Opens any HDF5 file, to be looked at: it need not be a checkpoint that can be used.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limits: How much may be read from it.
  /// - Throws: ``CheckpointError`` if the file cannot be opened.
  package init(examining path: String, limits: Limits) throws(CheckpointError) {
    self.file = try reading { () throws(HDF5Error) in try File.open(path, limits: limits) }
    self.path = path
  }

  /// Reads what the model is made of.
  ///
  /// - Returns: The layers, unbuilt.
  /// - Throws: ``CheckpointError`` if the file does not say, or not in a way that is supported.
  public func architecture() throws(CheckpointError) -> Architecture {
    guard case .string(let text)? = try attribute("model_config") else {
      throw .content(
        path: path, object: "/", problem: "has no model_config, so the model's layers are not known"
      )
    }
    do {
      return try Architecture(kerasConfig: JSON(parsing: text))
    } catch {
      throw .model(path: path, error)
    }
  }

  /// Makes the model that the file holds, with its weights.
  ///
  /// - Returns: A model that is built.
  /// - Throws: ``CheckpointError`` if the file does not say what the model is, or does not hold the
  ///   weights that the model needs.
  public func loadModel() throws(CheckpointError) -> GraphModel {
    let architecture = try architecture()
    let model = architecture.makeModel()
    if let nested = architecture.layers.first(where: { $0 is Model }) {
      throw .unsupportedModel(
        "the layer '\(nested.name)' is a model, and models in models are not supported")
    }
    let plan: [LayerPlan]
    do {
      plan = try architecture.plan()
    } catch {
      throw .model(path: path, error)
    }
    let layers = plan.map { (name: $0.layer.name, weights: $0.weights) }
    let values = try readWeights(layers, keys: architecture.layers.keys)
    for (layer, values) in zip(plan, values) { layer.layer.adopt(values, as: layer.weights) }
    do {
      try model.finishBuilding(inputShape: architecture.inputShape)
    } catch {
      throw .model(path: path, .shape(error))
    }
    return model
  }

  /// Replaces the weights of a model by those in the file.
  ///
  /// - Parameter model: The model; if it is not built, it is built for the input that the file names.
  /// - Throws: ``CheckpointError`` if the file and the model differ; then the weights are unchanged.
  public func loadWeights(into model: Model) throws(CheckpointError) {
    try buildIfNeeded(model)
    let layers = model.layersInOrder
    for (layer, values) in zip(layers, try readWeights(layers.specifications, keys: layers.keys)) {
      for (variable, value) in zip(layer.variables, values) { variable.value = value }
    }
  }

  /// Brings model and optimizer into the state in which the run was saved.
  ///
  /// - Parameters:
  ///   - model: The model; if it is not built, it is built for the input that the file names.
  ///   - optimizer: The optimizer.
  /// - Returns: The state of the run.
  /// - Throws: ``CheckpointError`` if the file holds no run, or one of another model or optimizer;
  ///   then nothing is changed.
  public func restore(_ model: Model, _ optimizer: Optimizer) throws(CheckpointError)
    -> TrainingState
  {
    guard let state = try trainingState() else {
      throw .content(
        path: path, object: "/", problem: "has no training state, so no run can go on from it")
    }
    try buildIfNeeded(model)
    guard state.layerSeeds.count == model.seedGenerators.count else {
      throw .content(
        path: path, object: "/\(KerasLayout.trainingState)/rng/layers",
        problem: "has \(state.layerSeeds.count) rows for \(model.seedGenerators.count) layers")
    }

    let layers = model.layersInOrder
    var differences = try differences(layers.specifications, keys: layers.keys)
    optimizer.build(for: model.trainableVariables)
    differences += try self.differences(optimizer)
    guard differences.isEmpty else { throw .mismatch(path: path, differences) }

    let weights = try readWeights(layers.specifications, keys: layers.keys)
    let slots = try optimizer.slotsInKerasOrder.indices.map { index throws(CheckpointError) in
      try readTensor("\(KerasLayout.optimizerVariables)/\(index + 2)")
    }
    let head = try readHead()

    for (layer, values) in zip(layers, weights) {
      for (variable, value) in zip(layer.variables, values) { variable.value = value }
    }
    for (slot, value) in zip(optimizer.slotsInKerasOrder, slots) { slot.value = value }
    optimizer.iterations = head.iteration
    optimizer.learningRate = head.learningRate
    for (generator, seed) in zip(model.seedGenerators, state.layerSeeds) {
      generator.seed = seed.seed
      generator.counter = seed.counter
    }
    return state
  }

  /// Reads the state of the run.
  ///
  /// - Returns: The state; `nil` if the file holds none, as files of Keras do.
  /// - Throws: ``CheckpointError`` if there is one that cannot be read.
  public func trainingState() throws(CheckpointError) -> TrainingState? {
    guard try reading({ () throws(HDF5Error) in try file.contains(KerasLayout.trainingState) })
    else { return nil }
    let group = try reading { () throws(HDF5Error) in
      try file.group(at: KerasLayout.trainingState)
    }
    return try TrainingStateReader(path: path, group: group).readState()
  }

  private func buildIfNeeded(_ model: Model) throws(CheckpointError) {
    if !model.isBuilt { model.build(inputShape: try architecture().inputShape) }
  }

  /// Reads the weights of all layers after checking all of them.
  private func readWeights(
    _ layers: [(name: String, weights: [WeightSpecification])], keys: [String]
  ) throws(CheckpointError) -> [[Tensor]] {
    let differences = try differences(layers, keys: keys)
    guard differences.isEmpty else { throw .mismatch(path: path, differences) }
    var values: [[Tensor]] = []
    for (layer, key) in zip(layers, keys) {
      var tensors: [Tensor] = []
      for index in layer.weights.indices {
        tensors.append(try readTensor("\(KerasLayout.variables(of: key))/\(index)"))
      }
      values.append(tensors)
    }
    return values
  }

  private func readTensor(_ object: String) throws(CheckpointError) -> Tensor {
    try reading { () throws(HDF5Error) in try file.dataset(at: object).readTensor() }
  }

  /// Iteration and learning rate of the optimizer.
  private func readHead() throws(CheckpointError) -> (iteration: Int, learningRate: Float) {
    let group = KerasLayout.optimizerVariables
    let iteration = try reading { () throws(HDF5Error) in
      try file.dataset(at: "\(group)/0").read(as: Int64.self)
    }
    let learningRate = try reading { () throws(HDF5Error) in
      try file.dataset(at: "\(group)/1").read(as: Float.self)
    }
    guard iteration.count == 1, iteration[0] >= 0, iteration[0] <= Int64(Int32.max) else {
      throw .content(path: path, object: "/\(group)/0", problem: "is not a number of steps")
    }
    guard learningRate.count == 1, learningRate[0] > 0, learningRate[0].isFinite else {
      throw .content(path: path, object: "/\(group)/1", problem: "is not a learning rate")
    }
    return (Int(iteration[0]), learningRate[0])
  }

  /// Reads an attribute of the root.
  package func attribute(_ name: String) throws(CheckpointError) -> AttributeValue? {
    try reading { () throws(HDF5Error) in try file.root.attribute(name) }
  }
}

/// Runs a step of reading a file.
package func reading<Result: ~Copyable>(
  _ body: () throws(HDF5Error) -> Result
) throws(CheckpointError) -> Result {
  do throws(HDF5Error) { return try body() } catch { throw .file(error) }
}

extension [Layer] {
  /// The names and weights of layers that are built.
  var specifications: [(name: String, weights: [WeightSpecification])] {
    map { layer in
      (
        layer.name,
        layer.variables.map {
          WeightSpecification($0.name, shape: $0.shape, initializer: .zeros)
        }
      )
    }
  }
}
