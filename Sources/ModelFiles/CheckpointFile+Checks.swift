import HDF5
import NeuralNetwork

/// What a file says twice.
extension CheckpointFile {
  /// Compares the weights with the description of the model.
  ///
  /// - Returns: The differences; empty if there are none, or the file does not describe the model.
  /// - Throws: ``CheckpointError`` if the weights cannot be read.
  package func differencesFromDescription() throws(CheckpointError) -> [CheckpointError.Mismatch] {
    guard let blueprint = Blueprint(describedIn: self) else { return [] }
    return try StoredWeights(of: container).map(blueprint.match)?.differences ?? []
  }

  /// Reads the number of steps of the optimizer; `nil` if the file contains no optimizer state.
  ///
  /// - Throws: ``CheckpointError`` if it cannot be read.
  package func optimizerSteps() throws(CheckpointError) -> Int64? {
    guard let optimizer = try StoredOptimizer(of: container), let head = optimizer.variables.first
    else { return nil }
    return try converting { () throws(HDF5Error) in
      try container.dataset(of: head).read(as: Int64.self).first
    }
  }
}
