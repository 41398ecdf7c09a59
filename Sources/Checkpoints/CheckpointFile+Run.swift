import HDF5
public import ModelFiles
public import NeuralNetwork
public import Tensors

/// The run in a checkpoint.
extension CheckpointFile {
  /// Reads the state of the run.
  ///
  /// - Returns: The state; `nil` if the file contains none, such as a file of Keras.
  /// - Throws: ``CheckpointError`` if the state cannot be read.
  public func trainingState() throws(CheckpointError) -> TrainingState? {
    guard try converting({ () throws(HDF5Error) in try file.contains(KerasLayout.trainingState) })
    else { return nil }
    let group = try converting { () throws(HDF5Error) in
      try file.group(at: KerasLayout.trainingState)
    }
    return try TrainingStateReader(path: path, group: group).readState()
  }

  /// Reads the weights that a run keeps beside those of the model.
  ///
  /// - Parameter model: The model of the run, built.
  /// - Returns: The weights, in the order of the model's variables; `nil` if the file keeps none.
  /// - Throws: ``CheckpointError`` if they cannot be read, or do not fit the model.
  public func keptWeights(for model: Model) throws(CheckpointError) -> [Tensor]? {
    let path = "\(KerasLayout.trainingState)/\(keptWeightsName)"
    let weights = try converting { () throws(HDF5Error) -> [Tensor]? in
      guard try file.contains(path) else { return nil }
      var weights: [Tensor] = []
      for (index, variable) in model.variables.enumerated() {
        let dataset = try file.dataset(at: "\(path)/\(index)")
        guard dataset.shape == variable.shape.dimensions else { break }
        weights.append(try dataset.readTensor())
      }
      return weights
    }
    guard weights.map({ $0.count == model.variables.count }) ?? true else {
      throw .content(
        path: self.path, object: "/\(path)", problem: "does not have the shapes of the weights")
    }
    return weights
  }

  /// Restores the model and the optimizer to the state of the saved run.
  ///
  /// - Parameters:
  ///   - model: The model; if it is not built, it is built for its expected input shape, or else
  ///     for that in the file.
  ///   - optimizer: The optimizer.
  ///   - resetOptimizer: Whether to ignore the optimizer state in the file; the optimizer is then
  ///     unchanged.
  /// - Returns: The state of the run.
  /// - Throws: ``CheckpointError`` if the file contains no run, or that of another model or
  ///   optimizer; weights and optimizer state are then unchanged.
  public func restore(
    _ model: Model, _ optimizer: Optimizer, resetOptimizer: Bool = false
  ) throws(CheckpointError) -> TrainingState {
    guard let state = try trainingState() else {
      throw .content(
        path: path, object: "/", problem: "has no training state, so it cannot be resumed")
    }
    try buildIfNeeded(model)
    guard state.layerSeeds.count == model.seedGenerators.count else {
      throw .content(
        path: path, object: "/\(KerasLayout.trainingState)/rng/layers",
        problem: "has \(state.layerSeeds.count) rows for \(model.seedGenerators.count) layers")
    }
    try load(model, optimizer, resetOptimizer: resetOptimizer)
    for (generator, seed) in zip(model.seedGenerators, state.layerSeeds) {
      generator.seed = seed.seed
      generator.counter = seed.counter
    }
    return state
  }
}
